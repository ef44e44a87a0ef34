"""What a message must be beyond the types of its header; all raise a FrameError.

Source: ``docs/wire.md``, the normative description.
"""

import math
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args

import numpy as np

from emgrig.errors import FrameChecksumError, FrameDecodeError
from emgrig.messages.headers import MAX_TIME_S, Chunk, Dtype, Header, Prediction
from emgrig.messages.message import Kind

__all__ = ["DTYPES", "check_fields", "check_payload", "check_topic"]

MAX_TOPIC_BYTES = 128
MAX_DEPTH = 16

DTYPES = {code: np.dtype(code) for code in get_args(Dtype)}
_TOPIC = re.compile(rf"(?:{'|'.join(Kind)})/[A-Za-z0-9_-]{{1,64}}")


# A consumer sees the same few topics all day, and a regular expression costs microseconds.
@lru_cache(maxsize=256)
def check_topic(frame: bytes) -> str:
    """Return the topic in a frame."""
    text = frame[: MAX_TOPIC_BYTES + 1].decode("utf-8", "replace")
    if _TOPIC.fullmatch(text) is None:
        raise FrameDecodeError(
            f"expected a topic kind/stream with a kind of {[*Kind]}, got {text!r}; see docs/wire.md"
        )
    return text


def check_payload(topic: str, header: Header, payload: bytes | memoryview) -> None:
    """Check that the payload is whole, and what the header says of its rows.

    Raises:
        FrameChecksumError: It is damaged.
    """
    expected = math.prod(header.shape) * DTYPES[header.dtype].itemsize
    if len(payload) != expected:
        raise FrameDecodeError(
            f"expected a payload of {expected} bytes for shape {list(header.shape)} of "
            f"{header.dtype} on {topic}, got {len(payload)}; see docs/wire.md"
        )
    crc = zlib.crc32(payload)
    if crc != header.crc:
        raise FrameChecksumError(
            f"expected payload checksum {header.crc}, got {crc} on {topic}; "
            "the message was damaged on its way"
        )
    if isinstance(header, Chunk):
        _check_timestamps(topic, header)
    elif isinstance(header, Prediction) and len(header.targets) != header.shape[0]:
        raise FrameDecodeError(
            f"expected a name in 'targets' for each of {header.shape[0]} values on {topic}, got "
            f"{len(header.targets)}; see docs/wire.md"
        )


def check_fields(topic: str, fields: Mapping[str, Any]) -> None:
    """Check that a kind's own keys can be stored and shown: maps with text keys, not too deep."""
    if not _is_plain(fields, MAX_DEPTH):
        raise FrameDecodeError(
            f"expected maps with text keys, at most {MAX_DEPTH} deep, in the header of {topic}; "
            "see docs/wire.md"
        )


def _is_plain(value: Any, depth: int) -> bool:
    # Exact types: a header comes from MessagePack, which makes no others.
    if type(value) is dict:
        if not set(map(type, value)) <= {str}:
            return False
        value = value.values()
    nested = [child for child in value if type(child) in (dict, list)]
    return not nested or (depth > 1 and all(_is_plain(child, depth - 1) for child in nested))


def _check_timestamps(topic: str, header: Chunk) -> None:
    n_samples, n_bytes = header.shape[0], len(header.timestamps)
    if n_bytes != 8 * n_samples:
        raise FrameDecodeError(
            f"expected {n_samples} float64 time stamps on {topic}, got {n_bytes} bytes; "
            "see docs/wire.md"
        )
    # What is not a number fails the comparison as well.
    if not (np.abs(np.frombuffer(header.timestamps, "<f8")) < MAX_TIME_S).all():
        raise FrameDecodeError(
            f"expected time stamps of at most {MAX_TIME_S:g} s on {topic}, got others; "
            "see docs/wire.md"
        )
