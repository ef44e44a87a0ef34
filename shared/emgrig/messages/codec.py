"""Turn messages into frames and back.

Source: ``docs/wire.md``, the normative description.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgpack
import numpy as np

from emgrig.errors import FrameDecodeError, FrameSizeError, FrameVersionError
from emgrig.messages.checks import DTYPES, check_fields, check_payload, check_topic
from emgrig.messages.headers import ENVELOPE, check_header
from emgrig.messages.message import WIRE_VERSION, Message

__all__ = [
    "MAX_HEADER_BYTES",
    "MAX_PAYLOAD_BYTES",
    "decode_frames",
    "encode_frames",
    "header_of",
    "message_of",
    "unpack_map",
]

MAX_HEADER_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 64 << 20

MAX_ITEMS = 16_384
"""Items of one array or map of a header: what is declared longer must not be made room for."""


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
    if data.dtype.str not in DTYPES:
        raise FrameDecodeError(
            f"expected a dtype of {sorted(DTYPES)}, got {data.dtype.str!r} on {message.topic}; "
            "convert the array before it is sent"
        )
    payload = data.tobytes()
    header = msgpack.packb(header_of(message, payload))
    _check_sizes(message.topic, header, payload)
    return message.topic.encode(), header, payload


def decode_frames(frames: Sequence[bytes | memoryview], received_ns: int = 0) -> Message:
    """Return the message in three frames; the array shares the payload's memory.

    Args:
        frames: Topic, header, payload.
        received_ns: Host monotonic clock at which they came, for the message.

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
    topic = check_topic(bytes(topic_frame))
    _check_sizes(topic, header_frame, payload)
    header = unpack_map(header_frame, f"the header of {topic}")
    return message_of(topic, header, payload, received_ns)


def message_of(
    topic: str, header: Mapping[str, Any], payload: bytes | memoryview, received_ns: int = 0
) -> Message:
    """Return the message of a decoded header map; see `decode_frames` for the rest."""
    if header.get("v") != WIRE_VERSION:
        raise FrameVersionError(WIRE_VERSION, header.get("v"), topic)
    checked = check_header(topic, header)
    check_payload(topic, checked, payload)
    fields = {key: value for key, value in header.items() if key not in ENVELOPE}
    check_fields(topic, fields)
    return Message(
        topic=topic,
        source=checked.source,
        epoch=checked.epoch,
        seq=checked.seq,
        t_first=checked.t_first,
        t_last=checked.t_last,
        sample_index=checked.sample_index,
        fs=checked.fs,
        data=np.frombuffer(payload, DTYPES[checked.dtype]).reshape(checked.shape),
        fields=fields,
        trace=checked.trace,
        received_ns=received_ns,
    )


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


def unpack_map(data: bytes | memoryview, what: str) -> dict[str, Any]:
    """Return the MessagePack map in untrusted bytes.

    Args:
        data: From a socket or a file.
        what: Its name for the error.

    Raises:
        FrameDecodeError: They are none, or one with more items than a header has.
    """
    try:
        found = msgpack.unpackb(
            data, strict_map_key=True, max_array_len=MAX_ITEMS, max_map_len=MAX_ITEMS
        )
    except (ValueError, RecursionError, msgpack.UnpackException) as error:
        raise FrameDecodeError(
            f"expected a MessagePack map as {what}, got {len(data)} bytes that are not ({error}); "
            "see docs/wire.md"
        ) from error
    if not isinstance(found, dict):
        raise FrameDecodeError(
            f"expected a map as {what}, got {type(found).__name__}; see docs/wire.md"
        )
    return found
