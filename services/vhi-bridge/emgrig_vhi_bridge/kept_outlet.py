"""The streams of either generation, held by a process that outlives us.

Source: the observable contract of the hand, sections 3.3 and 5.7.
"""

import array
import fcntl
import math
import os
import select
import subprocess
import sys
import termios
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pylsl
from emgrig.dsp import FLEXION_CHANNELS
from emgrig.errors import ServiceFault
from numpy.typing import NDArray

from emgrig_vhi_bridge.gating import Drive
from emgrig_vhi_bridge.keeper import frame_of
from emgrig_vhi_bridge.posing import N_CHANNELS

__all__ = [
    "AddressOutlets",
    "KeptPace",
    "KeptStreams",
    "PoseOutlet",
    "numbers_of",
    "pose_of",
]

_START_S = 5.0
"""How long the keeper may take to start: it imports liblsl on a machine that starts a whole rig."""

_STILL_S = 0.25
"""How long the keeper may leave poses untaken before it counts as frozen; it takes them at once."""

_END_S = 1.5
"""How long the keeper may take to bring a hand to rest and tell it."""
_ADDRESS_RATE_HZ = 32.0
_ENDS = (
    "thumb.flexion",
    "thumb.abduction",
    "index",
    "middle",
    "ring",
    "little",
    "wrist.flexion",
    "wrist.abduction",
    "wrist.rotation",
)
"""Ends of addresses in the order of the read-backs' channels: contract 5.5."""
_INTERFACE = "VHI Hand"
"""The name under which the hand's own client publishes: with its source ids a hand recovers the
streams whichever of the two programs comes next."""


class KeptPace(NamedTuple):
    """When the keeper acts by itself.

    Attributes:
        repeat_hz: Rate at which we repeat ourselves, and it sends rest.
        ramp_s: Length of the way to rest when we are gone.
    """

    repeat_hz: float
    ramp_s: float


class PoseOutlet:
    """The one stream of a hand of generation 1.

    Args:
        name: LSL name.
        source_id: LSL source id; it never changes, so a hand survives our restart.
        pace: When the keeper acts by itself.

    Raises:
        ServiceFault: The keeper does not start.
    """

    pose_convention = ""

    def __init__(self, name: str, source_id: str, pace: KeptPace) -> None:
        self._streams = KeptStreams([(name, source_id, N_CHANNELS, 0.0)], pace.repeat_hz, pace)

    @property
    def restarts(self) -> int:
        """How often the keeper had to be started again."""
        return self._streams.restarts

    def push(self, values: NDArray[np.float32], good_for_s: float) -> float:
        """Push a pose now and return the LSL clock at which it left.

        Args:
            values: (9,) in the rig's units.
            good_for_s: Until the keeper takes the hand to rest, whatever becomes of us.
        """
        return self._streams.push(values.tolist(), good_for_s)

    def as_pushed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the pose in this generation's units, which are the rig's."""
        return values

    def close(self) -> None:
        """Take the stream off the network once the hand rests; twice is harmless."""
        self._streams.close()


class AddressOutlets:
    """The streams of a hand of generation 2, one per mapped finger; each push goes to all.

    Args:
        drives: Mapped addresses.
        pace: When the keeper acts by itself.

    Raises:
        ServiceFault: The keeper does not start.
    """

    pose_convention = "standard"

    def __init__(self, drives: Sequence[Drive], pace: KeptPace) -> None:
        self._drives = tuple(drives)
        streams = [
            (one.address, f"myogestic:{_INTERFACE}:{one.address}", 1, one.rest) for one in drives
        ]
        self._streams = KeptStreams(streams, _ADDRESS_RATE_HZ, pace)
        self.push(np.zeros(N_CHANNELS, np.float32), math.inf)

    @property
    def restarts(self) -> int:
        """How often the keeper had to be started again."""
        return self._streams.restarts

    def push(self, values: NDArray[np.float32], good_for_s: float) -> float:
        """Push a pose now and return the LSL clock at which it left.

        Args:
            values: (9,) in the rig's units: -1 is full flexion.
            good_for_s: Until the keeper takes the hand to rest, whatever becomes of us.
        """
        return self._streams.push(numbers_of(self._drives, values), good_for_s)

    def as_pushed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the pose in this generation's units: +1 is full flexion."""
        return pose_of(self._drives, values)

    def close(self) -> None:
        """Take the streams off the network once the hand rests; twice is harmless."""
        self._streams.close()


def numbers_of(drives: Sequence[Drive], values: NDArray[np.float32]) -> list[float]:
    """Return what each mapped address takes for a pose in the rig's units, (9,)."""
    flexions = [-float(values[channel]) for channel in FLEXION_CHANNELS]
    # Adding zero turns the -0.0 of a resting finger into 0.0.
    return [one.number_of(flexions[one.finger]) + 0.0 for one in drives]


def pose_of(drives: Sequence[Drive], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a pose as the hand is told it, (9,).

    Each number is in the channel that the end of its address names, or else in that of its
    finger's flexion; what is not mapped is 0.
    """
    pose = np.zeros(N_CHANNELS, np.float32)
    for one, number in zip(drives, numbers_of(drives, values), strict=True):
        pose[_channel_of(one)] = number
    return pose


def _channel_of(drive: Drive) -> int:
    named = (k for k, end in enumerate(_ENDS) if drive.address.endswith(f".{end}"))
    return next(named, FLEXION_CHANNELS[drive.finger])


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
            self._keeper.kill()
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
            self._keeper.kill()
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
            self._keeper.kill()
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
        keeper = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if keeper.stdin is not None:
            os.set_blocking(keeper.stdin.fileno(), False)
        return keeper

    def _fd(self) -> int:
        if self._keeper.stdin is None or self._keeper.stdin.closed:
            raise BrokenPipeError
        return self._keeper.stdin.fileno()
