"""The pose stream of generation 1, held by a process that outlives us."""

import os
import subprocess
import sys

import numpy as np
import pylsl
from emgrig.errors import ServiceFault
from numpy.typing import NDArray

from emgrig_vhi_bridge.keeper import FRAME

__all__ = ["KeptOutlet"]

_END_S = 1.5
"""How long the keeper may take to bring a hand to rest and tell it."""


class KeptOutlet:
    """Hands every pose to `emgrig_vhi_bridge.keeper`.

    The stream's source id never changes, so a hand survives our restart.

    Args:
        name: LSL name.
        source_id: LSL source id.
        rate_hz: Nominal rate.
        ramp_s: Length of the way to rest when we are gone.

    Attributes:
        restarts: How often the keeper had to be started again.

    Raises:
        ServiceFault: The keeper does not start.
    """

    pose_convention = ""

    def __init__(self, name: str, source_id: str, *, rate_hz: float, ramp_s: float) -> None:
        arguments = [name, source_id, str(rate_hz), str(ramp_s)]
        self._command = [sys.executable, "-m", "emgrig_vhi_bridge.keeper", *arguments]
        self.restarts = 0
        self._keeper = self._start()
        if self._keeper.stdout is None or not self._keeper.stdout.readline():
            raise ServiceFault(
                "expected the keeper of the pose stream to start, got its end; see its words above"
            )

    def push(self, values: NDArray[np.float32]) -> float:
        """Push a pose now and return the LSL clock at which it left."""
        t = float(pylsl.local_clock())
        frame = FRAME.pack(t, *values.tolist())
        try:
            os.write(self._fd(), frame)
        except BlockingIOError:
            pass  # it stands still; what it missed is of the past when it goes on
        except BrokenPipeError:
            self.restarts += 1
            self._reap()
            self._keeper = self._start()
            os.write(self._fd(), frame)
        return t

    def as_pushed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the pose in this generation's units, which are the rig's."""
        return values

    def close(self) -> None:
        """Take the stream off the network once the hand rests; twice is harmless."""
        self._reap()

    def _start(self) -> subprocess.Popen[bytes]:
        keeper = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if keeper.stdin is not None:
            os.set_blocking(keeper.stdin.fileno(), False)
        return keeper

    def _fd(self) -> int:
        if self._keeper.stdin is None or self._keeper.stdin.closed:
            raise BrokenPipeError
        return self._keeper.stdin.fileno()

    def _reap(self) -> None:
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._keeper.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
