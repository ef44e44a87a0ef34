"""The numbers of a generation-2 hand by address: what is held, and what was heard of lately.

Source:
    The observable contract of the hand, sections 5.6, 5.7 and 5.9.
"""

import math

import numpy as np

from emgrig_virtual_hand.posing import Channels
from emgrig_virtual_hand.vocabulary import (
    CONTROL_POSE,
    HIGHEST,
    LOWEST,
    POSE_ADDRESSES,
    PREDICTION,
    channel_of,
)

__all__ = ["LIVELY_S", "HeldNumbers"]

LIVELY_S = 5.0
"""A stream that was silent for so long drives nothing any more."""


class HeldNumbers:
    """One pose per hand; each address keeps its last number until the next one.

    Attributes:
        predicted: ``(9,)``, float32, what the predicted hand shows.
        control: ``(9,)``, float32, what the control hand shows while it is driven.
    """

    def __init__(self) -> None:
        self.predicted: Channels = np.zeros(9, dtype=np.float32)
        self.control: Channels = np.zeros(9, dtype=np.float32)
        # Age of each address's newest number of a stream, and of the newest one told by a call.
        self._age_s: dict[str, float] = {}
        self._told_age_s = math.inf

    @staticmethod
    def refusal(address: str, value: float) -> str:
        """Return why an address cannot take a number, or nothing if it can."""
        if address not in POSE_ADDRESSES:
            return "expected an address of the manifest that takes numbers"
        if not math.isfinite(value) or not LOWEST <= value <= HIGHEST:
            return f"expected a number from {LOWEST:g} to {HIGHEST:g}, got {value:g}"
        return ""

    def hear(self, address: str, value: float) -> bool:
        """Take a number of a stream; one that cannot be taken is ignored.

        Args:
            address: One of the manifest's that take numbers.
            value: Taken if finite and in the range.

        Returns:
            Whether it was taken.
        """
        if self.refusal(address, value):
            return False
        self._age_s[address] = 0.0
        self.hold(address, value)
        return True

    def tell(self, address: str, value: float) -> None:
        """Hold a good number that a call told; for the control hand it counts as being driven."""
        if address.startswith(CONTROL_POSE):
            self._told_age_s = 0.0
        self.hold(address, value)

    def hold(self, address: str, value: float) -> None:
        """Show a number that is known to be good."""
        self._pose_of(address)[channel_of(address)] = value

    def is_streamed(self, address: str) -> bool:
        """Tell whether a stream brought a number for an address lately."""
        return address in self._age_s

    @property
    def drives_control_hand(self) -> bool:
        """Whether anything brought a number for the control hand lately."""
        return self._told_age_s < LIVELY_S or any(
            address.startswith(CONTROL_POSE) for address in self._age_s
        )

    def advance(self, dt: float) -> None:
        """Let time pass; a control hand that nobody drives any more forgets its numbers.

        Args:
            dt: Seconds, above 0.
        """
        was_driven = self.drives_control_hand
        self._told_age_s += dt
        self._age_s = {
            address: age_s + dt for address, age_s in self._age_s.items() if age_s + dt < LIVELY_S
        }
        if was_driven and not self.drives_control_hand:
            self.control[:] = 0.0

    def _pose_of(self, address: str) -> Channels:
        return self.predicted if address.startswith(PREDICTION) else self.control
