"""Streams to the hand in the hands of a process that outlives us.

Source: the observable contract of the hand, sections 3.3 and 5.7.
"""

import array
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Sequence
from typing import NamedTuple

import pylsl
from emgrig.errors import ServiceFault

from emgrig_vhi_bridge.kept_hand import frame_of

__all__ = ["KeptPace", "KeptStreams"]

_START_S = 5.0
"""How long the keeper may take to start: it imports liblsl on a machine that starts a whole rig."""

_STILL_S = 0.5
"""How long the keeper may leave poses untaken before it counts as frozen. It takes them at once,
but a busy machine may keep it waiting, and another one costs the hand its stream for a moment."""

_END_S = 1.5
"""How long the keeper may take to bring a hand to rest and tell it."""


class KeptPace(NamedTuple):
    """When the keeper acts by itself.

    Attributes:
        repeat_hz: Rate at which we repeat ourselves, and it sends rest.
        ramp_s: Length of the way to rest when we are gone.
    """

    repeat_hz: float
    ramp_s: float


class KeptStreams:
    """Hands every list of numbers to `emgrig_vhi_bridge.keeper`.

    Args:
        streams: (LSL name, source id, number of channels, number at rest) of each.
        rate_hz: Nominal rate of all.
        pace: When the keeper acts by itself.

    Attributes:
        restarts: How often the keeper had to be started again.

    Raises:
        ServiceFault: The keeper does not start.
    """

    def __init__(
        self, streams: Sequence[tuple[str, str, int, float]], rate_hz: float, pace: KeptPace
    ) -> None:
        words = [str(word) for stream in streams for word in stream]
        numbers = [str(rate_hz), str(pace.repeat_hz), str(pace.ramp_s)]
        self._command = [sys.executable, "-m", "emgrig_vhi_bridge.keeper", *numbers, *words]
        self._frame = frame_of(sum(n_channels for _, _, n_channels, _ in streams))
        self.restarts = 0
        self._keeper = self._start()
        if not self._has_started():
            self._kill()
            self.close()
            raise ServiceFault(
                f"expected the keeper of the hand's streams to start within {_START_S:g} s, got "
                "no word of it; see its words above"
            )

    def push(self, numbers: Sequence[float], good_for_s: float) -> float:
        """Push numbers now, those of the first stream first; returns the LSL clock then.

        A keeper that has died, or takes nothing any more, is replaced by another: it stands
        between us and a hand that holds what it got last.
        """
        t = float(pylsl.local_clock())
        frame = self._frame.pack(t, t + good_for_s, *numbers)
        try:
            self._require_taken(t)
            os.write(self._fd(), frame)
        except (BlockingIOError, BrokenPipeError):
            self.restarts += 1
            self._kill()
            self.close()
            self._keeper = self._start()
            os.write(self._fd(), frame)
        return t

    def close(self) -> None:
        """Take the streams off the network once the hand rests; twice is harmless."""
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._keeper.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self._keeper.wait()

    def _require_taken(self, now: float) -> None:
        """Raise BlockingIOError where the keeper has left poses in the pipe for too long."""
        left = array.array("i", [0])
        fcntl.ioctl(self._fd(), termios.FIONREAD, left)
        if not left[0]:
            self._takes_until = now + _STILL_S
        elif now > self._takes_until:
            raise BlockingIOError

    def _has_started(self) -> bool:
        if self._keeper.stdout is None:
            return False
        ready, _, _ = select.select([self._keeper.stdout], [], [], _START_S)
        return bool(ready and self._keeper.stdout.readline())

    def _start(self) -> subprocess.Popen[bytes]:
        self._takes_until = float(pylsl.local_clock()) + _START_S
        keeper = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        )
        if keeper.stdin is not None:
            os.set_blocking(keeper.stdin.fileno(), False)
        return keeper

    def _kill(self) -> None:
        """Kill the keeper and its heir, which are a group: another keeper keeps the hand."""
        os.killpg(self._keeper.pid, signal.SIGKILL)

    def _fd(self) -> int:
        if self._keeper.stdin is None or self._keeper.stdin.closed:
            raise BrokenPipeError
        return self._keeper.stdin.fileno()
