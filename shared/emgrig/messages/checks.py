"""The rules of the wire: what a topic, a header and a kind must be; all raise FrameDecodeError.

Source: ``docs/wire.md``, the normative description.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from emgrig.errors import FrameDecodeError
from emgrig.messages.message import Hop, Kind, Message

__all__ = [
    "DTYPES",
    "ENVELOPE",
    "check_envelope",
    "check_kind",
    "check_length",
    "check_topic",
    "check_trace",
]

MAX_TOPIC_BYTES = 128
MAX_DIMENSIONS = 3
MAX_TRACE_HOPS = 16

_TOPIC = re.compile(r"(?P<kind>[a-z]+)/[A-Za-z0-9_-]{1,64}")
DTYPES = frozenset({"<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"})
_KIND_FIELDS: dict[str, dict[str, type]] = {
    Kind.CHUNK: {"timestamps": bytes, "channel_names": list},
    Kind.WINDOW: {"conditioning": dict},
    Kind.FEATURES: {"spec_id": str, "spec": dict},
    Kind.PREDICTION: {"model_id": str, "targets": list},
    Kind.POSE: {"reason": str, "model_id": str},
    Kind.EVENT: {},
    Kind.HEALTH: {},
    Kind.LOG: {},
}

_DIMENSIONS: dict[str, int] = {
    Kind.CHUNK: 2,
    Kind.WINDOW: 2,
    Kind.FEATURES: 1,
    Kind.PREDICTION: 1,
    Kind.POSE: 1,
}


def check_topic(frame: bytes) -> str:
    """Return the topic in a frame."""
    text = frame[: MAX_TOPIC_BYTES + 1].decode("utf-8", "replace")
    match = _TOPIC.fullmatch(text)
    if match is None or match["kind"] not in _KIND_FIELDS:
        raise FrameDecodeError(
            f"expected a topic kind/stream with a kind of {sorted(_KIND_FIELDS)}, got {text!r}; "
            "see docs/wire.md"
        )
    return text


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def _is_shape(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_DIMENSIONS and all(map(_is_count, value))


_CHECKS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "source": ("a text of 1 to 64 characters", _is_name),
    "epoch": ("a text of 1 to 64 characters", _is_name),
    "seq": ("an integer >= 0", _is_count),
    "t_first": ("finite seconds", _is_time),
    "t_last": ("finite seconds", _is_time),
    "sample_index": ("an integer >= 0", _is_count),
    "fs": ("finite Hz >= 0", lambda value: _is_time(value) and value >= 0),  # type: ignore[operator]
    "shape": (f"at most {MAX_DIMENSIONS} integers >= 0", _is_shape),
    "dtype": (f"one of {sorted(DTYPES)}", lambda value: type(value) is str and value in DTYPES),
    "trace": (
        f"at most {MAX_TRACE_HOPS} hops",
        lambda value: isinstance(value, list) and len(value) <= MAX_TRACE_HOPS,
    ),
    "crc": ("an integer >= 0", _is_count),
}


ENVELOPE = frozenset({"v", *_CHECKS})


def check_envelope(topic: str, header: Mapping[str, Any]) -> None:
    """Check the keys that every message has."""
    for key, (expected, is_valid) in _CHECKS.items():
        value = header.get(key)
        # Hashing an unhashable value in a set lookup would raise: lists are only for two keys.
        if (isinstance(value, list | dict) and key not in ("shape", "trace")) or not is_valid(
            value
        ):
            raise FrameDecodeError(
                f"expected {expected} in header key {key!r} of {topic}, got {value!r:.80}; "
                "see docs/wire.md"
            )


def check_length(topic: str, header: Mapping[str, Any], n_bytes: int) -> None:
    """Check that the payload is as long as shape and dtype say."""
    expected = math.prod(header["shape"]) * np.dtype(header["dtype"]).itemsize
    if n_bytes != expected:
        raise FrameDecodeError(
            f"expected a payload of {expected} bytes for shape {header['shape']} of "
            f"{header['dtype']} on {topic}, got {n_bytes}; see docs/wire.md"
        )


def check_trace(topic: str, trace: Sequence[object]) -> tuple[Hop, ...]:
    """Return the hops of a trace."""
    hops = []
    for hop in trace:
        is_hop = isinstance(hop, list) and len(hop) == 3 and _is_name(hop[0])
        if not is_hop or not (_is_count(hop[1]) and _is_count(hop[2])):  # type: ignore[index]
            raise FrameDecodeError(
                f"expected hops [process, t_in_ns, t_out_ns] in the trace of {topic}, "
                f"got {hop!r:.80}; see docs/wire.md"
            )
        hops.append(Hop(*hop))  # type: ignore[misc]
    return tuple(hops)


def check_kind(message: Message) -> None:
    """Check what only this kind of message has."""
    kind = message.kind
    for key, expected in _KIND_FIELDS[kind].items():
        if not isinstance(message.fields.get(key), expected):
            raise FrameDecodeError(
                f"expected header key {key!r} of {message.topic} to be "
                f"{expected.__name__}, got {message.fields.get(key)!r:.80}; see docs/wire.md"
            )
    wanted = _DIMENSIONS.get(kind)
    if wanted is not None and message.data.ndim != wanted:
        raise FrameDecodeError(
            f"expected {wanted} dimensions on {message.topic}, got shape "
            f"{list(message.data.shape)}; see docs/wire.md"
        )
    if kind == Kind.CHUNK and len(message.fields["timestamps"]) != 8 * len(message.data):
        raise FrameDecodeError(
            f"expected {len(message.data)} float64 time stamps on {message.topic}, got "
            f"{len(message.fields['timestamps'])} bytes; see docs/wire.md"
        )
