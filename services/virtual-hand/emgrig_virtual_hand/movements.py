"""The 23 movements, the two sets of them that a hand can offer, and the rule that filters.

Negative X is flexion. Full excursion is given per finger as a share of the joint limits; the
middle and distal joints follow the proximal one and never reach the wire.

Source:
    The observable contract of the hand, sections 3.5, 3.7 and 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from emgrig_virtual_hand.posing import Geometry

__all__ = [
    "JOINT_NAMES",
    "HandMode",
    "JointAngles",
    "Movement",
    "movement_of_joints",
    "offered_movements",
    "stock_movements",
]

HandMode = Literal["AI", "Classifier"]
JointAngles = tuple[float, float, float]

_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
JOINT_NAMES = (
    "wrist",
    *(f"{finger}_{part}" for finger in _FINGERS for part in ("proximal", "middle", "distal")),
)
_POSED_JOINTS = (*(f"{finger}_proximal" for finger in _FINGERS), "wrist")

# Degrees about X of the proximal, middle and distal joint at full flexion.
_LIMITS = {"thumb": (45.0, 55.0, 80.0), "index": (85.0, 75.0, 60.0)}
_FINGER_LIMITS = (85.0, 85.0, 60.0)
# Degrees of the thumb's proximal joint about Z, for a thumb across the palm.
_ACROSS = 30.0

# Proximal degrees about X of thumb, index, middle, ring, pinky; then the thumb's about Z.
_STOCK: dict[str, tuple[float, float, float, float, float, float]] = {
    "Rest": (0, 0, 0, 0, 0, 0),
    "Thumb": (-45, 0, 0, 0, 0, 0),
    "Index": (0, -85, 0, 0, 0, 0),
    "Middle": (0, 0, -85, 0, 0, 0),
    "Ring": (0, 0, 0, -85, 0, 0),
    "Pinky": (0, 0, 0, 0, -85, 0),
    "Fist": (-45, -85, -85, -85, -85, _ACROSS),
    "TwoFingerPinch": (-30, -60, 0, 0, 0, 20),
    "ThreeFingerPinch": (-30, -60, -60, 0, 0, 20),
    "Pointing": (-45, 0, -85, -85, -85, _ACROSS),
    "ThumbExtension": (30, 0, 0, 0, 0, 0),
    "IndexExtension": (0, 20, 0, 0, 0, 0),
    "MiddleExtension": (0, 0, 20, 0, 0, 0),
    "RingExtension": (0, 0, 0, 20, 0, 0),
    "PinkyExtension": (0, 0, 0, 0, 20, 0),
    "WristUpDown": (0, 0, 0, 0, 0, 0),
    "WristLeftRight": (0, 0, 0, 0, 0, 0),
    "PrecisionSphere": (-40, -70, -70, -70, -70, 25),
    "RockNRoll": (-45, 0, -85, -85, 0, _ACROSS),
    "Hook": (0, -85, -85, -85, -85, 0),
    "PeaceSign": (-45, 0, 0, -85, -85, _ACROSS),
    "Pistol": (0, 0, -85, -85, -85, 0),
    "ExtendedHand": (0, 0, 0, 0, 0, 0),
}
_WRIST: dict[str, JointAngles] = {
    "WristUpDown": (30.0, 0.0, 0.0),
    "WristLeftRight": (0.0, 0.0, 20.0),
}
_HIDDEN: dict[HandMode, frozenset[str]] = {
    "AI": frozenset(
        ("PrecisionSphere", "RockNRoll", "Hook", "PeaceSign", "Pistol", "ExtendedHand")
    ),
    "Classifier": frozenset(
        (
            "Pointing",
            "ThumbExtension",
            "IndexExtension",
            "MiddleExtension",
            "RingExtension",
            "PinkyExtension",
            "WristUpDown",
            "WristLeftRight",
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One named pose.

    Attributes:
        name: As commands spell it, case and all.
        joints: Degrees about X, Y, Z at full excursion, for joints that are not at rest.
    """

    name: str
    joints: Mapping[str, JointAngles]

    def angles(self, excursion: float) -> Geometry:
        """Return the proximal joints and the wrist at a share of the full excursion.

        The engine applies the configured degrees with their sign turned.

        Args:
            excursion: 0 at rest to 1 at full excursion.

        Returns:
            ``(6, 3)``, float64, degrees about X, Y, Z; the wrist is the last.
        """
        rest = (0.0, 0.0, 0.0)
        full = [self.joints.get(joint, rest) for joint in _POSED_JOINTS]
        return np.array(full) * -excursion


def movement_of_joints(name: str, joints: Mapping[str, JointAngles]) -> Movement:
    """Build a movement, leaving out joints that rest."""
    return Movement(name, {joint: xyz for joint, xyz in joints.items() if any(xyz)})


def stock_movements() -> tuple[Movement, ...]:
    """Return all 23 movements in the order of a fresh movements file."""
    return tuple(_stock_movement(name) for name in _STOCK)


def offered_movements(movements: Sequence[Movement], mode: HandMode) -> tuple[Movement, ...]:
    """Leave out what belongs to the other mode only; if nothing remains, offer everything.

    Args:
        movements: In file order; must not be empty.
        mode: Which set the hand offers. Names of neither set are always offered.

    Returns:
        In the same order; never empty.
    """
    offered = tuple(one for one in movements if one.name not in _HIDDEN[mode])
    return offered or tuple(movements)


def _stock_movement(name: str) -> Movement:
    *bends, thumb_z = _STOCK[name]
    joints: dict[str, JointAngles] = {"wrist": _WRIST.get(name, (0.0, 0.0, 0.0))}
    for finger, bend in zip(_FINGERS, bends, strict=True):
        limits = _LIMITS.get(finger, _FINGER_LIMITS)
        for part, limit in zip(("proximal", "middle", "distal"), limits, strict=True):
            joints[f"{finger}_{part}"] = (round(bend * limit / limits[0], 1), 0.0, 0.0)
    joints["thumb_proximal"] = (float(bends[0]), 0.0, float(thumb_z))
    return movement_of_joints(name, joints)
