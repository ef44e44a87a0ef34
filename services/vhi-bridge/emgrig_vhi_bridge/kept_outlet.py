"""The streams of either generation of the hand.

Source: the observable contract of the hand, sections 3.3 and 5.7.
"""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from emgrig.dsp import FLEXION_CHANNELS
from emgrig.messages import N_POSE, STANDARD_POSE
from numpy.typing import NDArray

from emgrig_vhi_bridge.gating import Drive
from emgrig_vhi_bridge.kept_streams import KeptPace, KeptStreams

__all__ = [
    "AddressOutlets",
    "PoseOutlet",
    "numbers_of",
    "pose_of",
]

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
        self._streams = KeptStreams([(name, source_id, N_POSE, 0.0)], pace.repeat_hz, pace)

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

    pose_convention = STANDARD_POSE

    def __init__(self, drives: Sequence[Drive], pace: KeptPace) -> None:
        self._drives = tuple(drives)
        streams = [
            (one.address, f"myogestic:{_INTERFACE}:{one.address}", 1, one.rest) for one in drives
        ]
        self._streams = KeptStreams(streams, _ADDRESS_RATE_HZ, pace)
        self.push(np.zeros(N_POSE, np.float32), math.inf)

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
    pose = np.zeros(N_POSE, np.float32)
    for one, number in zip(drives, numbers_of(drives, values), strict=True):
        pose[_channel_of(one)] = number
    return pose


@cache
def _channel_of(drive: Drive) -> int:
    named = (k for k, end in enumerate(_ENDS) if drive.address.endswith(f".{end}"))
    return next(named, FLEXION_CHANNELS[drive.finger])
