"""Read the two JSON documents of a session without trusting them.

Source of the format: contracts/session-format.md, sections 3 and 4.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from emgrig.errors import SessionError
from emgrig.messages import MAX_RATE_HZ
from emgrig.recording.containers import Container

__all__ = [
    "Label",
    "StreamInfo",
    "check_stated",
    "declared_rate",
    "dict_or_empty",
    "of_type",
    "read_document",
    "read_labels",
]


class Label(NamedTuple):
    """A class from a time on.

    Attributes:
        t: LSL seconds.
        class_index: -1 ends the class before without starting one.
    """

    t: float
    class_index: int


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a session.

    Attributes:
        n_samples: Rows.
        n_channels: Columns.
        fs: Declared rate, Hz.
        dtype: NumPy short name.
        channel_names: One per column, or empty.
    """

    n_samples: int
    n_channels: int
    fs: float
    dtype: str
    channel_names: tuple[str, ...] = ()


def read_document(container: Container, name: str, expected: type) -> Any:
    """Return a JSON file of a session.

    Raises:
        SessionError: It is missing, not JSON, or of another type.
    """
    if name not in container.sizes:
        raise SessionError(
            f"expected {name}, got a folder or archive without it: {container.path}; an "
            "interrupted recording (journal-0001.mcap) is exported by the recorder"
        )
    try:
        document = json.loads(container.read(name))
    except (ValueError, RecursionError) as error:
        raise SessionError(
            f"expected JSON in {name} of {container.path}, got {error}; the session is damaged"
        ) from error
    return of_type(document, expected, name, container.path)


def read_labels(container: Container) -> tuple[Label, ...]:
    """Return the labels by time; see `read_document` for errors.

    A missing file means none, missing fields are 0.0 and -1, and entries that are not labels
    are ignored (section 4).
    """
    if "labels.json" not in container.sizes:
        return ()
    found = [
        Label(float(entry.get("timestamp", 0.0)), int(entry.get("class_index", -1)))
        for entry in read_document(container, "labels.json", list)
        if isinstance(entry, dict) and _is_label(entry)
    ]
    return tuple(sorted(found, key=lambda label: label.t))


def declared_rate(fs: object) -> float:
    """Return a rate in Hz, 0 for what is not one."""
    if isinstance(fs, bool) or not isinstance(fs, int | float):
        return 0.0
    return float(fs) if 0 < fs < MAX_RATE_HZ else 0.0


def of_type(value: Any, expected: type, what: str, path: Path) -> Any:
    """Return a value that must have a type; raises SessionError if it has another."""
    if not isinstance(value, expected):
        raise SessionError(
            f"expected {what} to be a {expected.__name__}, got {type(value).__name__} in {path}"
        )
    return value


def check_stated(name: str, stated: dict[str, Any], info: StreamInfo, path: Path) -> None:
    """Refuse facts about a stream in meta.json that its array does not bear out.

    Raises:
        SessionError: Other channels, names, or type, or no rate.
    """
    found = {"n_channels": info.n_channels, "dtype": info.dtype}
    declared = {key: stated.get(key) for key in found}
    if declared != found or not info.fs:
        raise SessionError(
            f"expected {found} and fs > 0 as the array has it, got {stated!r:.200} for {name} "
            f"in {path}; the session is damaged"
        )
    if len(info.channel_names) not in (0, info.n_channels):
        raise SessionError(
            f"expected {info.n_channels} channel names, got {len(info.channel_names)} for "
            f"{name} in {path}"
        )


def dict_or_empty(value: object) -> dict[str, Any]:
    """Return a part of a session's books, and an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def _is_label(entry: dict[str, Any]) -> bool:
    t, class_index = entry.get("timestamp", 0.0), entry.get("class_index", -1)
    # An integer of JSON may be beyond every float.
    is_time = isinstance(t, int | float) and abs(t) <= sys.float_info.max
    return is_time and type(class_index) is int
