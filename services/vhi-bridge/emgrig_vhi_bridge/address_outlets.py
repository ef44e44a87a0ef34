"""Our LSL outlets to a hand of generation 2: one stream per mapped address.

Source: the observable contract of the hand, section 5.7.
"""

from collections.abc import Sequence

import numpy as np
import pylsl
from numpy.typing import NDArray

from emgrig_vhi_bridge.gating import Drive
from emgrig_vhi_bridge.posing import FLEXION_CHANNELS

__all__ = ["AddressOutlets"]

_RATE_HZ = 32.0
_BUFFER_S = 1
_INTERFACE = "VHI Hand"
"""The name under which the hand's own client publishes: with its source ids a hand recovers the
streams whichever of the two programs comes next."""


class AddressOutlets:
    """The streams of all mapped fingers; every push goes to all of them.

    Args:
        drives: Mapped addresses.
    """

    pose_convention = "standard"

    def __init__(self, drives: Sequence[Drive]) -> None:
        self._drives = tuple(drives)
        self._outlets = [_open(drive.address) for drive in drives]
        self.push(np.zeros(9, np.float32))

    def push(self, values: NDArray[np.float32]) -> float:
        """Push a pose now and return the LSL clock at which it left.

        Args:
            values: (9,) in the rig's units: -1 is full flexion.
        """
        flexions = -values[list(FLEXION_CHANNELS)]
        t = float(pylsl.local_clock())
        for drive, outlet in zip(self._drives, self._outlets, strict=True):
            number = drive.weight * float(flexions[drive.finger])
            outlet.push_sample([min(max(number, drive.lo), drive.hi) + 0.0], t)
        return t

    def as_pushed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the pose in this generation's units: +1 is full flexion."""
        return (-values + 0.0).astype(np.float32)

    def close(self) -> None:
        """Take the streams off the network: liblsl does so when the last reference goes."""
        self._outlets.clear()
        self._drives = ()


def _open(address: str) -> pylsl.StreamOutlet:
    source_id = f"myogestic:{_INTERFACE}:{address}"
    info = pylsl.StreamInfo(address, "Control", 1, _RATE_HZ, pylsl.cf_float32, source_id)
    return pylsl.StreamOutlet(info, max_buffered=_BUFFER_S)
