"""Refuse an .xdf file that declares more than it holds, before room is made for it.

Source: github.com/sccn/xdf, "Specifications": chunks of a length, a tag and a content.
"""

import struct
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from emgrig.errors import SessionError

__all__ = ["check_bounds"]

MAGIC = b"XDF:"
HEADER, SAMPLES = 2, 3
MAX_CHANNELS = 4096
# A header is XML of some kilobytes; a recorder writes samples several times a second.
MAX_HEADER_BYTES = 16 << 20
MAX_TORN_BYTES = 64 << 20
_LENGTHS = {1: "<B", 4: "<I", 8: "<Q"}
_ITEM_BYTES = {"int8": 1, "int16": 2, "int32": 4, "float32": 4, "int64": 8, "double64": 8}


def check_bounds(path: Path) -> None:
    """Walk over the chunks of a file; a last one that was cut off is fine.

    Raises:
        SessionError: It is not an XDF file, or one whose numbers do not fit its size.
        OSError: It cannot be read.
    """
    size = path.stat().st_size
    sample_bytes: dict[int, int] = {}
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise _refused(path, "the beginning of an XDF file")
        while (length := _read_length(file)) is not None:
            start = file.tell()
            tag_and_stream = file.read(6)
            if length < 2 or (start + length > size and length > MAX_TORN_BYTES):
                raise _refused(path, f"a chunk inside the file at byte {start}")
            if len(tag_and_stream) < 6:
                return
            tag, stream = struct.unpack("<HI", tag_and_stream)
            if tag == HEADER:
                sample_bytes[stream] = _sample_bytes(file.read(min(length, MAX_HEADER_BYTES) - 6))
            elif tag == SAMPLES:
                n_samples = _read_length(file) or 0
                # What is not declared, or not so, is nothing to make room for.
                if n_samples * sample_bytes.get(stream, 1) > length:
                    raise _refused(path, f"at most {length} bytes of samples at byte {start}")
            file.seek(start + length)


def _read_length(file: BinaryIO) -> int | None:
    """Return a number with its own length in front; None at the end or for what is none."""
    form = _LENGTHS.get(int.from_bytes(file.read(1), "little"))
    content = file.read(struct.calcsize(form)) if form else b""
    if not form or len(content) < struct.calcsize(form):
        return None
    return int(struct.unpack(form, content)[0])


def _sample_bytes(header: bytes) -> int:
    """Return the least that a sample of a stream takes in the file."""
    try:
        info = ElementTree.fromstring(header)
        n_channels = int(info.findtext("channel_count") or 1)
    except (ElementTree.ParseError, ValueError):
        # pyxdf refuses that as well.
        return 1
    if not 0 <= n_channels <= MAX_CHANNELS:
        raise SessionError(
            f"expected at most {MAX_CHANNELS} channels in an XDF stream, got {n_channels}; "
            "the file is damaged"
        )
    return 1 + n_channels * _ITEM_BYTES.get(info.findtext("channel_format") or "", 1)


def _refused(path: Path, expected: str) -> SessionError:
    return SessionError(f"expected {expected}, got something else in {path}; the file is damaged")
