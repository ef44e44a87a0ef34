"""Turn messages into frames and back; every limit and check of the wire is here.

Source: ``docs/wire.md``, the normative description.
"""

import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgpack
import numpy as np

from emgrig.errors import (
    FrameChecksumError,
    FrameDecodeError,
    FrameSizeError,
    FrameVersionError,
)
from emgrig.messages.message import WIRE_VERSION, Hop, Kind, Message

__all__ = [
    "MAX_DIMENSIONS",
    "MAX_HEADER_BYTES",
    "MAX_PAYLOAD_BYTES",
    "MAX_TRACE_HOPS",
    "decode_frames",
    "encode_frames",
    "header_of",
    "message_of",
]

MAX_TOPIC_BYTES = 128
MAX_HEADER_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 64 << 20
MAX_DIMENSIONS = 3
MAX_TRACE_HOPS = 16

_TOPIC = re.compile(r"(?P<kind>[a-z]+)/[A-Za-z0-9_-]{1,64}")
_DTYPES = frozenset({"<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"})
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


def header_of(message: Message, payload: bytes | memoryview) -> dict[str, Any]:
    """Return the header map of a message whose payload is given."""
    return {
        "v": WIRE_VERSION,
        "source": message.source,
        "epoch": message.epoch,
        "seq": message.seq,
        "t_first": message.t_first,
        "t_last": message.t_last,
        "sample_index": message.sample_index,
        "fs": message.fs,
        "shape": message.data.shape,
        "dtype": message.data.dtype.str,
        "trace": message.trace,
        "crc": zlib.crc32(payload),
        **message.fields,
    }


def encode_frames(message: Message) -> tuple[bytes, bytes, bytes]:
    """Return topic, header and payload of a message.

    Raises:
        FrameSizeError: The header or the payload is over its limit.
        FrameDecodeError: The payload's dtype is not one of the wire's.
    """
    data = message.data
    if data.dtype.str not in _DTYPES:
        raise FrameDecodeError(
            f"expected a dtype of {sorted(_DTYPES)}, got {data.dtype.str!r} on {message.topic}; "
            "convert the array before it is sent"
        )
    payload = data.tobytes()
    header = msgpack.packb(header_of(message, payload))
    _check_sizes(message.topic, header, payload)
    return message.topic.encode(), header, payload


def decode_frames(frames: Sequence[bytes | memoryview]) -> Message:
    """Return the message in three frames; the array shares the payload's memory.

    Raises:
        FrameVersionError: Another wire version.
        FrameSizeError: A frame is over its limit.
        FrameChecksumError: The payload is damaged.
        FrameDecodeError: Anything else that is not a message.
    """
    if len(frames) != 3:
        raise FrameDecodeError(
            f"expected 3 frames (topic, header, payload), got {len(frames)}; "
            "the sender does not speak this wire"
        )
    topic_frame, header_frame, payload = frames
    topic = _topic(bytes(topic_frame))
    _check_sizes(topic, header_frame, payload)
    return message_of(topic, _header_map(topic, header_frame), payload)


def message_of(topic: str, header: Mapping[str, Any], payload: bytes | memoryview) -> Message:
    """Return the message of a decoded header map; see `decode_frames` for what it raises."""
    if header.get("v") != WIRE_VERSION:
        raise FrameVersionError(WIRE_VERSION, header.get("v"), topic)
    _check_envelope(topic, header)
    _check_length(topic, header, len(payload))
    if zlib.crc32(payload) != header["crc"]:
        raise FrameChecksumError(
            f"expected payload checksum {header['crc']}, got {zlib.crc32(payload)} on {topic}; "
            "the message was damaged on its way"
        )
    message = Message(
        topic=topic,
        source=header["source"],
        epoch=header["epoch"],
        seq=header["seq"],
        t_first=float(header["t_first"]),
        t_last=float(header["t_last"]),
        sample_index=header["sample_index"],
        fs=float(header["fs"]),
        data=np.frombuffer(payload, dtype=header["dtype"]).reshape(header["shape"]),
        fields={key: value for key, value in header.items() if key not in _ENVELOPE},
        trace=_trace(topic, header["trace"]),
    )
    _check_kind(message)
    return message


def _check_sizes(topic: str, header: bytes | memoryview, payload: bytes | memoryview) -> None:
    for what, size, limit in (
        ("header", len(header), MAX_HEADER_BYTES),
        ("payload", len(payload), MAX_PAYLOAD_BYTES),
    ):
        if size > limit:
            raise FrameSizeError(
                f"expected a {what} of at most {limit} bytes, got {size} on {topic}; "
                "send smaller chunks"
            )


def _topic(frame: bytes) -> str:
    text = frame[: MAX_TOPIC_BYTES + 1].decode("utf-8", "replace")
    match = _TOPIC.fullmatch(text)
    if match is None or match["kind"] not in _KIND_FIELDS:
        raise FrameDecodeError(
            f"expected a topic kind/stream with a kind of {sorted(_KIND_FIELDS)}, got {text!r}; "
            "see docs/wire.md"
        )
    return text


def _header_map(topic: str, frame: bytes | memoryview) -> dict[str, Any]:
    try:
        header = msgpack.unpackb(frame, strict_map_key=True)
    except (ValueError, RecursionError, msgpack.UnpackException) as error:
        raise FrameDecodeError(
            f"expected a MessagePack map as the header of {topic}, got {len(frame)} bytes that "
            f"are not ({error}); see docs/wire.md"
        ) from error
    if not isinstance(header, dict) or not all(isinstance(key, str) for key in header):
        raise FrameDecodeError(
            f"expected a map with text keys as the header of {topic}, "
            f"got {type(header).__name__}; see docs/wire.md"
        )
    return header


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
    "dtype": (f"one of {sorted(_DTYPES)}", lambda value: value in _DTYPES),
    "trace": (
        f"at most {MAX_TRACE_HOPS} hops",
        lambda value: isinstance(value, list) and len(value) <= MAX_TRACE_HOPS,
    ),
    "crc": ("an integer >= 0", _is_count),
}


_ENVELOPE = frozenset({"v", *_CHECKS})


def _check_envelope(topic: str, header: Mapping[str, Any]) -> None:
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


def _check_length(topic: str, header: Mapping[str, Any], n_bytes: int) -> None:
    expected = math.prod(header["shape"]) * np.dtype(header["dtype"]).itemsize
    if n_bytes != expected:
        raise FrameDecodeError(
            f"expected a payload of {expected} bytes for shape {header['shape']} of "
            f"{header['dtype']} on {topic}, got {n_bytes}; see docs/wire.md"
        )


def _trace(topic: str, trace: Sequence[object]) -> tuple[Hop, ...]:
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


def _check_kind(message: Message) -> None:
    for key, expected in _KIND_FIELDS[message.kind].items():
        if not isinstance(message.fields.get(key), expected):
            raise FrameDecodeError(
                f"expected header key {key!r} of {message.topic} to be "
                f"{expected.__name__}, got {message.fields.get(key)!r:.80}; see docs/wire.md"
            )
    dimensions = {Kind.CHUNK: 2, Kind.WINDOW: 2, Kind.FEATURES: 1, Kind.PREDICTION: 1, Kind.POSE: 1}
    wanted = dimensions.get(Kind(message.kind))
    if wanted is not None and message.data.ndim != wanted:
        raise FrameDecodeError(
            f"expected {wanted} dimensions on {message.topic}, got shape "
            f"{list(message.data.shape)}; see docs/wire.md"
        )
    if message.kind == Kind.CHUNK and len(message.fields["timestamps"]) != 8 * len(message.data):
        raise FrameDecodeError(
            f"expected {len(message.data)} float64 time stamps on {message.topic}, got "
            f"{len(message.fields['timestamps'])} bytes; see docs/wire.md"
        )
