"""An EMG device that numbers its samples: ``python -m tests.fault.numbered_emg NAME SPEED``.

Channel 0 is the sample's number (exact in float32 for two hours), the others are noise. It answers
every line of its standard input with how many samples it has sent, and ends with its input; after
the line ``off`` its stream is gone until ``on``, after ``ahead S`` its clock is S seconds ahead.
"""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pylsl

FS = 2048
N = 32
N_CHANNELS = 8
ROOT = Path(__file__).parents[2]


def main() -> None:
    """Push chunks at absolute deadlines; a late one is caught up, none is left out."""
    name, speed = sys.argv[1], float(sys.argv[2])
    commands = Commands()
    noise = np.random.default_rng(0).normal(size=(N, N_CHANNELS)).astype(np.float32)
    start, outlet = pylsl.local_clock(), None
    while not commands.ended.is_set():
        t = start + (commands.sent + N) / FS / speed
        if commands.ended.wait(max(0.0, t - pylsl.local_clock())):
            break
        outlet = (outlet or open_outlet(name)) if commands.is_on else None
        noise[:, 0] = np.arange(commands.sent, commands.sent + N)
        if outlet is not None:
            # Above speed 1 the time stamps, which keep their spacing, run ahead of the clock.
            outlet.push_chunk(noise, start + commands.ahead_s + (commands.sent + N) / FS)
        commands.sent += N


def open_outlet(name: str) -> pylsl.StreamOutlet:
    info = pylsl.StreamInfo(name, "EMG", N_CHANNELS, FS, pylsl.cf_float32, f"numbered-{name}")
    return pylsl.StreamOutlet(info, max_buffered=60)


class Commands:
    """What the standard input asks for.

    Attributes:
        sent: Samples so far, those of a device that is off included.
        is_on: Whether there is a stream.
        ahead_s: By how much its clock is set wrong, seconds.
        ended: Set at the end of the input.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.is_on = True
        self.ahead_s = 0.0
        self.ended = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for line in sys.stdin:
            word, *number = line.split()
            self.is_on = word != "off" and (self.is_on or word == "on")
            self.ahead_s = float(number[0]) if number else self.ahead_s
            print(self.sent, flush=True)
        self.ended.set()


class NumberedEmg:
    """The device as a process.

    Attributes:
        name: LSL name.
        popen: The operating system's side.
    """

    def __init__(self, name: str, speed: float = 1.0) -> None:
        self.name = name
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.fault.numbered_emg", name, str(speed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def sent(self) -> int:
        """Return how many samples it has sent; their numbers are below."""
        return self._ask("count")

    def switch(self, *, on: bool) -> None:
        """Let the stream vanish as if the device had died, or be there again."""
        self._ask("on" if on else "off")

    def set_clock(self, ahead_s: float) -> None:
        """Set the device's clock so far ahead of the right time, seconds."""
        self._ask(f"ahead {ahead_s}")

    def _ask(self, word: str) -> int:
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.popen.stdin.write(f"{word}\n")
        self.popen.stdin.flush()
        return int(self.popen.stdout.readline())

    def close(self) -> None:
        self.popen.kill()
        self.popen.communicate()


if __name__ == "__main__":
    main()
