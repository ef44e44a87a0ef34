"""What a hand of generation 2 can be driven by: its addresses, their channels and what they move.

Source:
    The observable contract of the hand, sections 5.4 to 5.6. What it leaves open is chosen here:
    order, descriptions, versions, the wrist's degrees and the elements' numbers except those of
    the index finger.
"""

from collections.abc import Sequence

from emgrig.control import Capability, ControlKind, ControlManifest

from emgrig_virtual_hand.posing import WRIST_GAINS

__all__ = [
    "CONTROL_POSE",
    "ELEMENTS",
    "GESTURE",
    "HIGHEST",
    "LOWEST",
    "POSE_ADDRESSES",
    "PREDICTION",
    "REST_STATE",
    "channel_of",
    "manifest",
]

PREDICTION = "vhi.prediction."
"""Prefix of the predicted hand's numbers."""
CONTROL_POSE = "vhi.control.pose."
"""Prefix of the control hand's numbers."""
GESTURE = "vhi.control.gesture"
REST_STATE = "Rest"
LOWEST, HIGHEST = -1.0, 1.0

_TARGET_NAME = "Virtual Hand Interface"
# Clients refuse a vocabulary before 2 and a build before 2.1.0.
_VOCABULARY_VERSION = "2.1"
_TARGET_VERSION = "2.1.0"
_TWO_STATE_THRESHOLD = 0.5

# Last words of an address, in the order of the read-backs' channels; then what it stands for.
_MEANINGS = {
    "thumb.flexion": "thumb flexion",
    "thumb.abduction": "thumb abduction, away from the palm",
    "index": "index finger flexion",
    "middle": "middle finger flexion",
    "ring": "ring finger flexion",
    "little": "little finger flexion",
    "wrist.flexion": "wrist flexion",
    "wrist.abduction": "wrist abduction",
    "wrist.rotation": "wrist rotation",
}
_SUFFIXES = tuple(_MEANINGS)
POSE_ADDRESSES = tuple(
    prefix + suffix for prefix in (PREDICTION, CONTROL_POSE) for suffix in _SUFFIXES
)
"""The 18 addresses that take numbers; each is also the name of its LSL stream."""

# What moves, and by how many degrees at +1: proximal, middle, distal.
ELEMENTS: dict[str, tuple[tuple[str, float], ...]] = {
    "thumb.flexion": (("WaveBone_3", 45.0), ("WaveBone_4", 55.0), ("WaveBone_5", 80.0)),
    "thumb.abduction": (("WaveBone_3", 30.0), ("WaveBone_4", -35.0)),
    "index": (("WaveBone_7", 85.0), ("WaveBone_8", 75.0), ("WaveBone_9", 60.0)),
    "middle": (("WaveBone_11", 85.0), ("WaveBone_12", 85.0), ("WaveBone_13", 60.0)),
    "ring": (("WaveBone_15", 85.0), ("WaveBone_16", 85.0), ("WaveBone_17", 60.0)),
    "little": (("WaveBone_19", 85.0), ("WaveBone_20", 85.0), ("WaveBone_21", 60.0)),
    "wrist.flexion": (("WaveBone_1", WRIST_GAINS[0]),),
    "wrist.abduction": (("WaveBone_1", WRIST_GAINS[1]),),
    "wrist.rotation": (("WaveBone_1", WRIST_GAINS[2]),),
}


def channel_of(address: str) -> int:
    """Return the read-back channel of an address that takes numbers.

    Raises:
        ValueError: It is none of :data:`POSE_ADDRESSES`.
    """
    return POSE_ADDRESSES.index(address) % len(_SUFFIXES)


def manifest(movements: Sequence[str]) -> ControlManifest:
    """List every address; the gesture's states are the movements that the hand offers."""
    numbers = (
        Capability(
            address=address,
            kind=ControlKind.CONTINUOUS,
            lo=LOWEST,
            hi=HIGHEST,
            description=_describe(address),
        )
        for address in POSE_ADDRESSES
    )
    gesture = Capability(
        address=GESTURE,
        kind=ControlKind.DISCRETE,
        states=tuple(movements),
        rest_state=REST_STATE if REST_STATE in movements else "",
        description="movement that the control hand holds",
        activation_threshold=_TWO_STATE_THRESHOLD,
    )
    return ControlManifest(
        target_name=_TARGET_NAME,
        vocabulary_version=_VOCABULARY_VERSION,
        capabilities=(*numbers, gesture),
        target_version=_TARGET_VERSION,
    )


def _describe(address: str) -> str:
    suffix = _SUFFIXES[channel_of(address)]
    hand = "predicted" if address.startswith(PREDICTION) else "control"
    return f"{_MEANINGS[suffix]} of the {hand} hand"
