"""The movements that every hand has by default, at full excursion, as generation 1 shows them.

Source: the observable contract of the hand, section 3.7.
"""

__all__ = ["STOCK_POSES"]

_PINCH, _BENT, _EXTENDED, _SPHERE = -2 / 3, -12 / 17, 4 / 17, -14 / 17

STOCK_POSES: dict[str, tuple[float, ...]] = {
    "Rest": (0, 0, 0, 0, 0, 0),
    "Thumb": (-1, 0, 0, 0, 0, 0),
    "Index": (0, 0, -1, 0, 0, 0),
    "Middle": (0, 0, 0, -1, 0, 0),
    "Ring": (0, 0, 0, 0, -1, 0),
    "Pinky": (0, 0, 0, 0, 0, -1),
    "Fist": (-1, -1, -1, -1, -1, -1),
    "TwoFingerPinch": (_PINCH, _PINCH, _BENT, 0, 0, 0),
    "ThreeFingerPinch": (_PINCH, _PINCH, _BENT, _BENT, 0, 0),
    "Pointing": (-1, -1, 0, -1, -1, -1),
    "ThumbExtension": (-_PINCH, 0, 0, 0, 0, 0),
    "IndexExtension": (0, 0, _EXTENDED, 0, 0, 0),
    "MiddleExtension": (0, 0, 0, _EXTENDED, 0, 0),
    "RingExtension": (0, 0, 0, 0, _EXTENDED, 0),
    "PinkyExtension": (0, 0, 0, 0, 0, _EXTENDED),
    "WristUpDown": (0, 0, 0, 0, 0, 0),
    "WristLeftRight": (0, 0, 0, 0, 0, 0),
    "PrecisionSphere": (-8 / 9, -5 / 6, _SPHERE, _SPHERE, _SPHERE, _SPHERE),
    "RockNRoll": (-1, -1, 0, -1, -1, 0),
    "Hook": (0, 0, -1, -1, -1, -1),
    "PeaceSign": (-1, -1, 0, 0, -1, -1),
    "Pistol": (0, 0, 0, -1, -1, -1),
    "ExtendedHand": (0, 0, 0, 0, 0, 0),
}
"""Flexion and abduction of the thumb, then flexion of index to little; flexion is negative."""
