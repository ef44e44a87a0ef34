"""The 23 movements as the contract of the hand lists them: section 3.7, nine channels each."""

_PINCH = -0.6666667
_BENT = -0.7058824
_EXTENDED = 0.2352941
_SPHERE = -0.8235293

_PROXIMAL: dict[str, tuple[float, ...]] = {
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
    "ThumbExtension": (0.6666667, 0, 0, 0, 0, 0),
    "IndexExtension": (0, 0, _EXTENDED, 0, 0, 0),
    "MiddleExtension": (0, 0, 0, _EXTENDED, 0, 0),
    "RingExtension": (0, 0, 0, 0, _EXTENDED, 0),
    "PinkyExtension": (0, 0, 0, 0, 0, _EXTENDED),
    "WristUpDown": (0, 0, 0, 0, 0, 0),
    "WristLeftRight": (0, 0, 0, 0, 0, 0),
    "PrecisionSphere": (-0.8888888, -0.8333334, _SPHERE, _SPHERE, _SPHERE, _SPHERE),
    "RockNRoll": (-1, -1, 0, -1, -1, 0),
    "Hook": (0, 0, -1, -1, -1, -1),
    "PeaceSign": (-1, -1, 0, 0, -1, -1),
    "Pistol": (0, 0, 0, -1, -1, -1),
    "ExtendedHand": (0, 0, 0, 0, 0, 0),
}
POSES = {name: (*values, 0.0, 0.0, 0.0) for name, values in _PROXIMAL.items()}

AI_MOVEMENTS = tuple(POSES)[:17]
CLASSIFIER_MOVEMENTS = tuple(POSES)[:9] + tuple(POSES)[17:]
