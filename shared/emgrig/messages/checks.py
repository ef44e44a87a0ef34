"""The rules of the wire: what a topic, a header and a kind must be; all raise FrameDecodeError.

Source: ``docs/wire.md``, the normative description.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
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
MAX_CHANNELS = 4096
MAX_NAME = 64
MAX_DEPTH = 16
# The largest integer that a float64 holds, and with it JSON and a protobuf Struct.
MAX_COUNT = 1 << 53
# 300 years, and still an unsigned 64-bit number of nanoseconds.
MAX_TIME_S = 1e10
MAX_RATE_HZ = 1e9

_TOPIC = re.compile(r"(?P<kind>[a-z]+)/[A-Za-z0-9_-]{1,64}")
DTYPES = {code: np.dtype(code) for code in ("<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1")}
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

# What a topic has besides the keys of its kind.
_TOPIC_FIELDS: dict[str, dict[str, type]] = {
    "prediction/gesture": {"class": str, "class_index": int},
}
_DIMENSIONS: dict[str, int] = {
    Kind.CHUNK: 2,
    Kind.WINDOW: 2,
    Kind.FEATURES: 1,
    Kind.PREDICTION: 1,
    Kind.POSE: 1,
}


# A consumer sees the same few topics all day, and a regular expression costs microseconds.
@lru_cache(maxsize=256)
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
    return type(value) is int and 0 <= value < MAX_COUNT


def _is_time(value: object) -> bool:
    # False for what is not a number, too.
    return type(value) in (int, float) and -MAX_TIME_S < value < MAX_TIME_S  # type: ignore[operator]


def _is_rate(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < MAX_RATE_HZ  # type: ignore[operator]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME


def _is_shape(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_DIMENSIONS and all(map(_is_count, value))


_CHECKS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "source": ("a text of 1 to 64 characters", _is_name),
    "epoch": ("a text of 1 to 64 characters", _is_name),
    "seq": ("an integer of 0 to 2^53", _is_count),
    "t_first": ("seconds of at most 1e10", _is_time),
    "t_last": ("seconds of at most 1e10", _is_time),
    "sample_index": ("an integer of 0 to 2^53", _is_count),
    "fs": ("Hz of 0 to 1e9", _is_rate),
    "shape": (f"at most {MAX_DIMENSIONS} integers >= 0", _is_shape),
    "dtype": (f"one of {sorted(DTYPES)}", lambda value: type(value) is str and value in DTYPES),
    "trace": (
        f"at most {MAX_TRACE_HOPS} hops",
        lambda value: isinstance(value, list) and len(value) <= MAX_TRACE_HOPS,
    ),
    "crc": ("an integer of 0 to 2^32", _is_count),
}


ENVELOPE = frozenset({"v", *_CHECKS})


def check_envelope(topic: str, header: Mapping[str, Any]) -> None:
    """Check the keys that every message has."""
    for key, (expected, is_valid) in _CHECKS.items():
        value = header.get(key)
        if not is_valid(value):
            raise FrameDecodeError(
                f"expected {expected} in header key {key!r} of {topic}, got {value!r:.80}; "
                "see docs/wire.md"
            )


def check_length(topic: str, header: Mapping[str, Any], n_bytes: int) -> None:
    """Check that the payload is as long as shape and dtype say."""
    expected = math.prod(header["shape"]) * DTYPES[header["dtype"]].itemsize
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
    _check_fields(message, _KIND_FIELDS[kind] | _TOPIC_FIELDS.get(message.topic, {}))
    _check_shape(message, _DIMENSIONS.get(kind))
    if kind == Kind.CHUNK:
        _check_timestamps(message)


def _check_fields(message: Message, wanted: Mapping[str, type]) -> None:
    for key, expected in wanted.items():
        value = message.fields.get(key)
        is_long = isinstance(value, str) and len(value) > MAX_NAME
        if not isinstance(value, expected) or is_long:
            limit = f" of at most {MAX_NAME} characters" if expected is str else ""
            raise FrameDecodeError(
                f"expected header key {key!r} of {message.topic} to be {expected.__name__}{limit}, "
                f"got {value!r:.80}; see docs/wire.md"
            )
    if not _is_plain(message.fields, MAX_DEPTH):
        raise FrameDecodeError(
            f"expected maps with text keys, at most {MAX_DEPTH} deep, in the header of "
            f"{message.topic}; see docs/wire.md"
        )


def _is_plain(value: Any, depth: int) -> bool:
    """Tell whether a value can be stored and shown: not nested deeply, text keys only."""
    # Exact types: a header comes from MessagePack, which makes no others.
    if type(value) is dict:
        if not set(map(type, value)) <= {str}:
            return False
        value = value.values()
    nested = [child for child in value if type(child) in (dict, list)]
    return not nested or (depth > 1 and all(_is_plain(child, depth - 1) for child in nested))


def _check_shape(message: Message, wanted: int | None) -> None:
    shape = message.data.shape
    if wanted is not None and (len(shape) != wanted or (wanted == 2 and shape[1] > MAX_CHANNELS)):
        raise FrameDecodeError(
            f"expected {wanted} dimensions and at most {MAX_CHANNELS} channels on "
            f"{message.topic}, got shape {list(shape)}; see docs/wire.md"
        )


def _check_timestamps(message: Message) -> None:
    n_bytes = len(message.fields["timestamps"])
    if n_bytes != 8 * len(message.data):
        raise FrameDecodeError(
            f"expected {len(message.data)} float64 time stamps on {message.topic}, got "
            f"{n_bytes} bytes; see docs/wire.md"
        )
    # What is not a number fails the comparison as well.
    if not (np.abs(message.timestamps) < MAX_TIME_S).all():
        raise FrameDecodeError(
            f"expected time stamps of at most {MAX_TIME_S:g} s on {message.topic}, got others; "
            "see docs/wire.md"
        )
