"""Let pyxdf read of an .xdf file only what is as it declares.

It makes room for numbers that it reads, and where it understands nothing it goes on at the next
bytes that look like a boundary, whatever they are: a file with one byte too few may take gigabytes.

Source: github.com/sccn/xdf, "Specifications": chunks of a length, a tag and a content.
"""

import io
import os
import struct
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from emgrig.errors import SessionError

__all__ = ["open_whole"]

MAGIC = b"XDF:"
HEADER, SAMPLES, CLOCK, FOOTER = 2, 3, 4, 6
CLOCK_BYTES = 16
MAX_CHANNELS = 4096
MAX_TORN_BYTES = 64 << 20
"""A recorder writes samples several times a second: no chunk that was cut off has more."""

_LENGTHS = {1: "<B", 4: "<I", 8: "<Q"}
_ITEM_BYTES = {"int8": 1, "int16": 2, "int32": 4, "float32": 4, "int64": 8, "double64": 8}


class _Form(NamedTuple):
    """A stream's values; ``item_bytes`` is 0 for text, which has lengths of its own."""

    n_channels: int
    item_bytes: int


class _Head(io.FileIO):
    """The first bytes of a file."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(path)
        self._size = size

    def readinto(self, buffer: "memoryview[int]", /) -> int | None:  # type: ignore[override]
        """Read on, to the end of these bytes at most."""
        return super().readinto(buffer[: max(0, self._size - self.tell())])


def open_whole(path: Path) -> io.BufferedReader:
    """Open a file up to its end, or to the last chunk if that was cut off.

    Raises:
        SessionError: It is not an XDF file, or a chunk of it is not what it declares.
        OSError: It cannot be read.
    """
    return io.BufferedReader(_Head(path, _whole_bytes(path)))


def _whole_bytes(path: Path) -> int:
    size = path.stat().st_size
    streams: dict[int, _Form] = {}
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise _refused(path, "the beginning of an XDF file")
        while (whole := file.tell()) < size:
            try:
                length = _read_length(file)
                if file.tell() + length > size and length <= MAX_TORN_BYTES:
                    return whole
                _check_chunk(file, file.tell() + length, streams)
            except EOFError:
                return whole
            except (ValueError, LookupError, struct.error, ElementTree.ParseError) as error:
                raise _refused(path, f"a chunk at byte {whole}", str(error)) from error
    return whole


def _check_chunk(file: io.BufferedReader, end: int, streams: dict[int, _Form]) -> None:
    """Go to the end of a chunk; raises ValueError, LookupError or struct.error for a wrong one."""
    if end > os.fstat(file.fileno()).st_size:
        raise ValueError("it ends beyond the file")
    (tag,) = struct.unpack("<H", file.read(2))
    if tag in (HEADER, SAMPLES, CLOCK, FOOTER):
        (stream,) = struct.unpack("<I", file.read(4))
        n_bytes = end - file.tell()
        if tag == HEADER:
            streams[stream] = _form_of(file.read(n_bytes))
        elif tag == SAMPLES:
            _check_samples(file.read(n_bytes), streams[stream])
        elif tag == CLOCK and n_bytes != CLOCK_BYTES:
            raise ValueError("a clock offset of another size")
    if file.tell() > end:
        raise ValueError("it is longer than it says")
    file.seek(end)


def _read_length(file: io.BufferedReader) -> int:
    """Return a number with its own length in front; EOFError where the file ends in it."""
    first = file.read(1)
    if first and first[0] not in _LENGTHS:
        raise ValueError("no length where one should be")
    form = _LENGTHS[first[0]] if first else "<B"
    content = file.read(struct.calcsize(form))
    if len(content) < struct.calcsize(form):
        raise EOFError
    return int(struct.unpack(form, content)[0])


def _form_of(header: bytes) -> _Form:
    # As pyxdf reads it, whatever encoding it names.
    info = ElementTree.fromstring(header.decode("utf-8", "replace"))
    n_channels = int(info.findtext("channel_count") or "")
    if not 0 <= n_channels <= MAX_CHANNELS:
        raise ValueError(f"{n_channels} channels, of {MAX_CHANNELS} at most")
    text = info.findtext("channel_format") or ""
    return _Form(n_channels, 0 if text == "string" else _ITEM_BYTES[text])


def _check_samples(content: bytes, form: _Form) -> None:
    """Go over the samples; each has one byte at least, so their number is no danger."""
    n_samples, at = _number_at(content, 0)
    for _ in range(n_samples):
        at += 9 if content[at] else 1
        at += form.n_channels * form.item_bytes
        for _ in range(0 if form.item_bytes else form.n_channels):
            n_bytes, at = _number_at(content, at)
            at += n_bytes
    if at != len(content):
        raise ValueError(f"{n_samples} samples that are not as long as it is")


def _number_at(content: bytes, at: int) -> tuple[int, int]:
    """Return a number with its own length in front, and where it ends."""
    form = _LENGTHS[content[at]]
    return int(struct.unpack_from(form, content, at + 1)[0]), at + 1 + content[at]


def _refused(path: Path, expected: str, got: str = "something else") -> SessionError:
    return SessionError(f"expected {expected}, got {got} in {path}; the file is damaged")
