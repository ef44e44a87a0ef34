"""What the operator's requests mean to the bridge, and its answers' fields: pure."""

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from emgrig.control import hand_pb2
from emgrig.dsp import FilterSettings
from emgrig.errors import RequestError

from emgrig_vhi_bridge.found_hand import Smoothing, Speed

__all__ = [
    "class_index_of",
    "filter_message_of",
    "filter_settings_of",
    "smoothing_message_of",
    "smoothing_of",
    "speed_message_of",
    "speed_of",
]

# Field of the message -> field of the settings.
_FILTER_FIELDS = {
    "min_cutoff_hz": "min_cutoff",
    "beta": "beta",
    "d_cutoff_hz": "d_cutoff",
    "window": "window",
    "sigma": "sigma",
}


def class_index_of(name: str, classes: Sequence[str], movements: Sequence[str]) -> int:
    """Return the class index of a gesture that the hand can show.

    Args:
        name: As the operator typed it.
        classes: The rig's classes by index.
        movements: What the hand offers; empty while that is not known.

    Raises:
        RequestError: It is no class of the rig, or no movement of the hand.
    """
    if name not in classes:
        raise RequestError(
            f"expected a class of the rig, one of {list(classes)}, got {name!r}; "
            "add it to classes in rig.toml, [rig], or cue another"
        )
    if movements and name not in movements:
        raise RequestError(
            f"expected a movement of the hand, one of {list(movements)}, got {name!r}; "
            "name the class in rig.toml, [rig] classes, as the hand does"
        )
    return list(classes).index(name)


def filter_settings_of(request: Any, current: FilterSettings) -> FilterSettings:
    """Return the settings that a request asks for; what it leaves out stays.

    Raises:
        RequestError: A value is out of its range.
    """
    changes = {
        ours: getattr(request, theirs)
        for theirs, ours in _FILTER_FIELDS.items()
        if request.HasField(theirs)
    }
    if request.kind:
        changes["kind"] = request.kind
    return replace(current, **changes)


def speed_of(request: Any) -> Speed:
    """Return the timing that a request asks for.

    Raises:
        RequestError: A value is out of its range.
    """
    speed = Speed(**_present(request))
    for name, value in _present(request).items():
        lowest_words = "a number above 0" if name == "frequency_hz" else "a number from 0 up"
        is_in_range = value > 0 if name == "frequency_hz" else value >= 0
        if not (is_in_range and math.isfinite(value)):
            raise RequestError(f"expected {lowest_words} as {name}, got {value}; change it")
    return speed


def smoothing_of(request: Any) -> Smoothing:
    """Return the smoothing that a request asks for.

    Raises:
        RequestError: The speed is not above 0.
    """
    speed = request.speed if request.HasField("speed") else None
    if speed is not None and not 0 < speed < math.inf:
        raise RequestError(f"expected a smoothing speed above 0, got {speed}; change it")
    return Smoothing(request.enabled, speed)


def _present(request: Any) -> dict[str, float]:
    return {field.name: value for field, value in request.ListFields()}


def filter_message_of(settings: FilterSettings) -> Any:
    """Return ``OutputFilter``."""
    values = {theirs: getattr(settings, ours) for theirs, ours in _FILTER_FIELDS.items()}
    return hand_pb2.OutputFilter(kind=settings.kind, **values)


def speed_message_of(speed: Speed) -> Any:
    """Return ``HandSpeed``; a value that the hand was not told is absent."""
    return hand_pb2.HandSpeed(**asdict(speed))


def smoothing_message_of(smoothing: Smoothing | None) -> Any:
    """Return ``HandSmoothing``, or None for a hand that was not told."""
    return None if smoothing is None else hand_pb2.HandSmoothing(**asdict(smoothing))
