"""What one journal record holds, as bytes and back; no files.

A record's data is a MessagePack map that begins with its topic, so that it can be read, and found
again after damage, without any other record of the file::

    {"topic": "chunk/emg", "header": <the wire's header map>, "payload": <bytes>}
    {"topic": "record/<kind>", "document": <map>}
"""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgpack

from emgrig.errors import FrameDecodeError
from emgrig.messages import (
    MAX_HEADER_BYTES,
    MAX_PAYLOAD_BYTES,
    Kind,
    Message,
    header_of,
    message_of,
    unpack_map,
)

__all__ = [
    "EARLY_RECORD",
    "MARKER",
    "MAX_DATA_BYTES",
    "RECORD_PREFIX",
    "Content",
    "MessageId",
    "beginning_of",
    "checksum",
    "decode_content",
    "encode_message",
    "encode_record",
    "message_id",
]

RECORD_PREFIX = "record/"
EARLY_RECORD = "early"
"""Kind of the document before a message that is written while some before it are missing."""
MAX_DATA_BYTES = MAX_HEADER_BYTES + MAX_PAYLOAD_BYTES + 1024
# Second byte onwards of every record's data: the MessagePack text "topic".
MARKER = b"\xa5topic"

_TIMES = struct.Struct("<QQ")
_TOPIC = re.compile(rf"(?:{'|'.join(Kind)}|record)/[A-Za-z0-9_-]{{1,64}}")


class MessageId(NamedTuple):
    """What no two messages have in common."""

    source: str
    epoch: str
    topic: str
    seq: int


@dataclass(frozen=True, slots=True)
class Content:
    """One decoded record; exactly one of message and document is set.

    Attributes:
        topic: Topic of the message, or ``record/<kind>``.
        message: The message as it was received.
        document: Provenance, ledger and the like.
    """

    topic: str
    message: Message | None = None
    document: dict[str, Any] | None = None


def message_id(message: Message) -> MessageId:
    """Return who sent a message when, on what topic."""
    return MessageId(message.source, message.epoch, message.topic, message.seq)


def checksum(data: bytes, log_time_ns: int, publish_time_ns: int) -> int:
    """Return the CRC-32 of a record's data and of its two times."""
    return zlib.crc32(_TIMES.pack(log_time_ns, publish_time_ns), zlib.crc32(data))


def encode_message(message: Message) -> bytes:
    """Return the data of a message's record."""
    payload = message.data.tobytes()
    return _pack(
        {"topic": message.topic, "header": header_of(message, payload), "payload": payload}
    )


def encode_record(kind: str, document: Mapping[str, Any]) -> bytes:
    """Return the data of a record that is not a message."""
    return _pack({"topic": f"{RECORD_PREFIX}{kind}", "document": dict(document)})


def beginning_of(kind: str) -> bytes:
    """Return what the data of every plain document of a kind begins with."""
    topic: bytes = msgpack.packb(f"{RECORD_PREFIX}{kind}")
    return b"\x82" + MARKER + topic  # a map of two


def decode_content(data: bytes) -> Content:
    """Return what a record's data holds.

    Raises:
        FrameError: It is not a record of this format; the text says what was expected.
    """
    record = unpack_map(data, "a journal record")
    topic = record.get("topic")
    if not isinstance(topic, str) or _TOPIC.fullmatch(topic) is None:
        raise FrameDecodeError(f"expected a map with a topic kind/stream, got {topic!r:.80}")
    if topic.startswith(RECORD_PREFIX):
        return Content(topic, document=_member(record, "document", dict))
    header, payload = _member(record, "header", dict), _member(record, "payload", bytes)
    return Content(topic, message=message_of(topic, header, payload))


def _member(record: Mapping[str, Any], key: str, expected: type) -> Any:
    value = record.get(key)
    if not isinstance(value, expected):
        raise FrameDecodeError(
            f"expected {expected.__name__} in key {key!r} of {record['topic']}, "
            f"got {type(value).__name__}"
        )
    return value


def _pack(record: Mapping[str, Any]) -> bytes:
    packed: bytes = msgpack.packb(record, default=_plain)
    return packed


def _plain(value: object) -> object:
    """Let NumPy numbers keep their value and anything else, paths mostly, become text."""
    item = getattr(value, "item", None)
    return item() if item is not None else str(value)
