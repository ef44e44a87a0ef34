"""The shape of the hand on the page: bones, joints and how far each bends."""

from dataclasses import dataclass

__all__ = ["DOF_NAMES", "FINGERS", "THUMB", "Digit"]

DOF_NAMES = (
    "thumb flexion",
    "thumb abduction",
    "index",
    "middle",
    "ring",
    "little",
    "wrist flexion",
    "wrist abduction",
    "wrist rotation",
)
"""The nine values of a pose. Source: contracts/vhi.md, LSL channel labels."""


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit.

    Attributes:
        dof: Position of its flexion among the nine values.
        base: Where it begins on the palm, cm: right, towards the fingers, out of the palm.
        bones_cm: Lengths from the palm outwards.
        bends_deg: Of each joint at full flexion.
        radius_cm: At its base.
        spread_deg: How far it points away from the middle finger.
    """

    dof: int
    base: tuple[float, float, float]
    bones_cm: tuple[float, float, float]
    bends_deg: tuple[float, float, float]
    radius_cm: float
    spread_deg: float = 0.0


# Lengths are those of a medium adult hand, rounded; they carry no meaning beyond the picture.
FINGERS = (
    Digit(2, (2.7, 4.4, 0.0), (4.2, 2.5, 2.0), (80, 95, 55), 0.85, -5),
    Digit(3, (0.9, 4.7, 0.0), (4.6, 2.8, 2.1), (80, 95, 55), 0.88),
    Digit(4, (-0.9, 4.4, 0.0), (4.3, 2.6, 2.1), (80, 95, 55), 0.83, 4),
    Digit(5, (-2.6, 3.8, 0.0), (3.4, 2.0, 1.8), (80, 95, 55), 0.74, 9),
)
# Bends and the 30 degrees of abduction. Source: contracts/vhi.md, table of channel gains.
THUMB = Digit(0, (3.0, -1.6, 0.6), (3.6, 3.0, 2.4), (45, 55, 70), 0.95, -48)
