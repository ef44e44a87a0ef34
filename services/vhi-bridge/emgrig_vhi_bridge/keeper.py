"""The last link to the hand, in a process of its own, so that it outlives the bridge.

``python -m emgrig_vhi_bridge.keeper RATE_HZ REPEAT_HZ RAMP_S NAME SOURCE_ID N_CHANNELS REST ...``
offers one or more streams, the last four arguments for each, and pushes to LSL what comes on its
standard input (`kept_hand.frame_of`); while nothing comes, or the bridge was killed or stands
still, it brings every number to its rest by a ramp. It ends when its input ends and the hand rests.
It tells `emgrig_vhi_bridge.heir` each pose, which wakes it should it be stopped, and keeps the hand
should it and the bridge be gone.
"""

import math
import os
import struct
import subprocess
import sys
from collections.abc import Sequence

import pylsl

from emgrig_vhi_bridge.kept_hand import KeptOutlets, PoseInput, ignore_signals, keep

__all__ = ["main"]

_HEIR_EVERY_S = 1.0
"""One that cannot live must not be started with every pose."""


class _Heir:
    """Another process that is told each pose; another one is started where it has died."""

    def __init__(self, words: Sequence[str], frame: struct.Struct) -> None:
        self._command = [sys.executable, "-m", "emgrig_vhi_bridge.heir", str(os.getpid()), *words]
        self._frame = frame
        self._start()

    def tell(self, values: Sequence[float], t: float) -> None:
        """Tell a pose; the hand goes on without an heir that is dead or takes nothing."""
        try:
            os.write(self._fd, self._frame.pack(t, math.inf, *values))
        except BlockingIOError:
            return
        except BrokenPipeError:
            if pylsl.local_clock() >= self._next_start:
                os.close(self._fd)
                self._process.wait()
                self._start()

    def _start(self) -> None:
        self._next_start = pylsl.local_clock() + _HEIR_EVERY_S
        read_fd, self._fd = os.pipe()
        self._process = subprocess.Popen(self._command, stdin=read_fd)
        os.close(read_fd)
        os.set_blocking(self._fd, False)


def main() -> None:
    """Keep the hand until the bridge is gone and the hand rests."""
    ignore_signals()
    rate_hz, repeat_hz, ramp_s = map(float, sys.argv[1:4])
    poses = PoseInput(0, repeat_hz, ramp_s, sys.argv[4:], 4 / repeat_hz)
    outlets = KeptOutlets(rate_hz, sys.argv[4:])
    heir = _Heir(sys.argv[1:], poses.frame)

    def push(values: Sequence[float], t: float) -> None:
        outlets.push(values, t)
        heir.tell(values, t)

    print("ready", flush=True)
    keep(poses, push)


if __name__ == "__main__":
    main()
