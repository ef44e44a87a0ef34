"""Find the records of one journal file whatever happened to its bytes."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mcap.opcode import Opcode

from emgrig.recording.records import MARKER, MAX_DATA_BYTES, checksum

__all__ = ["JournalFile", "RawRecord", "Ruin"]

_MAGIC = b"\x89MCAP0\r\n"
# opcode, record length, channel id, sequence (`checksum`), log time, publish time
# Source: the MCAP specification, "Message (op=0x05)".
_MESSAGE = struct.Struct("<BQHIQQ")
_ENVELOPE = struct.Struct("<BQ")
_FIELDS_BYTES = _MESSAGE.size - _ENVELOPE.size
# The marker is behind the record's fields and the one byte that opens the MessagePack map.
_MARKER_OFFSET = _MESSAGE.size + 1
_BUFFER_BYTES = 1 << 20
# What may be read in vain in the search for the next record: a file that is built of beginnings
# of records must not take hours.
_SEARCH_FACTOR = 8
_SEARCH_BYTES = 1 << 30
_STRUCTURE = frozenset(opcode.value for opcode in Opcode if opcode is not Opcode.MESSAGE)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record whose checksum holds.

    Attributes:
        offset: Where it begins, bytes.
        end: Where the next one begins, bytes.
        log_time_ns: Wall clock at which it was written.
        data: A MessagePack map; see `emgrig.recording.records`.
    """

    offset: int
    end: int
    log_time_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ruin:
    """Bytes that hold no valid record.

    Attributes:
        offset: Where they begin.
        end: Where the next valid record begins, or the end of the file.
        is_tail: Whether nothing follows: a writer that was killed leaves this.
    """

    offset: int
    end: int
    is_tail: bool


class JournalFile:
    """One segment, for reading; what is appended after this is made is not seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._size = path.stat().st_size
        self._search_bytes = _SEARCH_FACTOR * self._size + _SEARCH_BYTES

    def close(self) -> None:
        """Close the file; twice is harmless, and the next read opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def scan(self, offset: int = 0) -> Iterator[RawRecord | Ruin]:
        """Yield every valid record in order, and what lies between them if it is not MCAP.

        Args:
            offset: Where to begin: the offset of a record, or 0.
        """
        while offset < self._size:
            record = self.record_at(offset) or self._next_record(offset)
            end = record.offset if record else self._size
            if end > offset and not self._is_structure(offset, end):
                yield Ruin(offset, end, is_tail=record is None)
            if record is None:
                return
            yield record
            offset = record.end

    def backwards(self, beginning: bytes) -> Iterator[RawRecord]:
        """Yield the valid records whose data begin so, the last one first."""
        end = self._size
        while end > 0 and self._search_bytes >= 0:
            start = max(0, end - _BUFFER_BYTES)
            # A beginning across two blocks is seen in the earlier one.
            block = self._read(start, end - start + len(beginning) - 1)
            at = block.rfind(beginning)
            while at >= 0:
                offset = start + at - _MESSAGE.size
                record = self.record_at(offset) if offset >= 0 else None
                if record is not None:
                    yield record
                at = block.rfind(beginning, 0, at + len(beginning) - 1)
            end = start

    def record_at(self, offset: int) -> RawRecord | None:
        """Return the message record that begins at an offset, or None if none does."""
        head = self._read(offset, _MESSAGE.size)
        if len(head) < _MESSAGE.size or head[0] != Opcode.MESSAGE:
            return None
        _, length, _, expected, *times_ns = _MESSAGE.unpack(head)
        end = offset + _ENVELOPE.size + length
        if not _FIELDS_BYTES <= length <= MAX_DATA_BYTES or end > self._size:
            return None
        data = self._read(offset + _MESSAGE.size, length - _FIELDS_BYTES)
        # Journals of earlier versions have no times in it.
        if expected not in (checksum(data, *times_ns), zlib.crc32(data)):
            self._search_bytes -= len(data)
            return None
        return RawRecord(offset, end, times_ns[0], data)

    def _next_record(self, offset: int) -> RawRecord | None:
        """Return the first valid record at or after an offset, found by the marker."""
        for candidate in self._candidates(offset):
            record = self.record_at(candidate)
            if record is not None:
                return record
            if self._search_bytes < 0:
                break
        return None

    def _candidates(self, start: int) -> Iterator[int]:
        position = start
        while position < self._size:
            block = self._read(position, _BUFFER_BYTES)
            at = block.find(MARKER)
            while at >= 0:
                if position + at - _MARKER_OFFSET >= start:
                    yield position + at - _MARKER_OFFSET
                at = block.find(MARKER, at + 1)
            # Blocks overlap, so that a marker across two of them is seen.
            position += max(1, len(block) - len(MARKER) + 1)

    def _is_structure(self, offset: int, end: int) -> bool:
        """Say whether MCAP's own records (header, channels, footer) fill a range exactly."""
        while offset < end:
            if self._read(offset, len(_MAGIC)) == _MAGIC:
                offset += len(_MAGIC)
                continue
            head = self._read(offset, _ENVELOPE.size)
            if len(head) < _ENVELOPE.size or head[0] not in _STRUCTURE:
                return False
            # A message whose opcode was hit is no structure.
            if self._read(offset + _MARKER_OFFSET, len(MARKER)) == MARKER:
                return False
            offset += _ENVELOPE.size + _ENVELOPE.unpack(head)[1]
        return offset == end

    def _read(self, offset: int, n_bytes: int) -> bytes:
        if self._file is None:
            self._file = self.path.open("rb", buffering=_BUFFER_BYTES)
        self._file.seek(offset)
        return self._file.read(max(0, min(n_bytes, self._size - offset)))
