"""Read the journal of a recording: everything that is there, and what is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from emgrig.errors import FrameError, SessionError
from emgrig.messages import Kind, Message
from emgrig.recording.journal_scan import JournalFile, RawRecord, Ruin
from emgrig.recording.journal_writer import journal_segments
from emgrig.recording.records import beginning_of, decode_content

__all__ = ["Damage", "Entry", "Journal", "read_journal"]

MAX_OPEN = 32
"""Segments open at once: every interruption adds one, and a process has 1024 descriptors."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the journal; exactly one of message and document is set.

    Attributes:
        segment: Index into `Journal.segments`.
        offset: Where it begins in that file, bytes.
        log_time_ns: Wall clock at which it was written.
        topic: ``kind/stream`` of a message, ``record/<kind>`` of a document.
        message: The message as it was received.
        document: Provenance, ledger and the like.
    """

    segment: int
    offset: int
    log_time_ns: int
    topic: str
    message: Message | None = None
    document: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of the journal that could not be read.

    Attributes:
        file: Name of the segment.
        offset: Where they begin.
        n_bytes: How many.
        kind: ``torn`` (the end of a segment whose writer was killed), ``damaged`` (in the
            middle) or ``unreadable`` (undamaged, but not a record of this format).
        t_before: LSL seconds of the last sample before, None if there was none.
        t_after: LSL seconds of the first sample after, None if there was none.
    """

    file: str
    offset: int
    n_bytes: int
    kind: str
    t_before: float | None
    t_after: float | None


class Journal:
    """A recording's segments as one sequence of records; use it in a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.segments = _existing_segments(folder)
        self._files = [JournalFile(path) for path in self.segments]
        self._used: dict[int, None] = {}

    def close(self) -> None:
        """Close the files; twice is harmless."""
        for file in self._files:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def scan(self, start: Entry | None = None) -> Iterator[Entry | Damage]:
        """Yield every record in the order of writing, and every damaged stretch between them.

        Memory does not grow with the recording.

        Args:
            start: The record to begin with; None for the first one.
        """
        pending: list[Damage] = []
        t_before: float | None = None
        for found in self._found(start):
            if isinstance(found, Damage):
                pending.append(_between(found, t_before, None))
                continue
            # Only a record with a time can say how long the damage lasted.
            times = _times(found)
            if times is not None:
                yield from (_between(damage, damage.t_before, times[0]) for damage in pending)
                pending.clear()
                t_before = times[1]
            yield found
        yield from pending

    def beginnings(self) -> Iterator[Entry]:
        """Yield the first record of every segment, as far as it can be read."""
        for segment in range(len(self._files)):
            raw = next(self._file(segment).scan(), None)
            found = self._entry(segment, raw) if isinstance(raw, RawRecord) else None
            if isinstance(found, Entry):
                yield found

    def backwards(self, kind: str) -> Iterator[Entry]:
        """Yield the plain documents of a kind, the newest first; nothing before it is decoded."""
        for segment in reversed(range(len(self._files))):
            for raw in self._file(segment).backwards(beginning_of(kind)):
                found = self._entry(segment, raw)
                if isinstance(found, Entry):
                    yield found

    def messages(self) -> Iterator[Message]:
        """Yield the messages in the order of writing."""
        for found in self.scan():
            if isinstance(found, Entry) and found.message is not None:
                yield found.message

    def message_at(self, segment: int, offset: int) -> Message:
        """Return the message that `scan` found at this place.

        Raises:
            SessionError: It is not there any more.
        """
        raw = self._file(segment).record_at(offset)
        entry = None if raw is None else self._entry(segment, raw)
        if not isinstance(entry, Entry) or entry.message is None:
            raise SessionError(
                f"expected the record that was at byte {offset} of {self.segments[segment]}, "
                "got something else; the file changed while it was read, check the disk"
            )
        return entry.message

    def _found(self, start: Entry | None) -> Iterator[Entry | Damage]:
        first, offset = (start.segment, start.offset) if start else (0, 0)
        for segment in range(first, len(self._files)):
            for found in self._file(segment).scan(offset if segment == first else 0):
                if isinstance(found, Ruin):
                    kind = "torn" if found.is_tail else "damaged"
                    yield self._damage(segment, found, kind)
                else:
                    yield self._entry(segment, found)

    def _file(self, segment: int) -> JournalFile:
        """Return a segment's file, and let go of the one that was not used for longest."""
        self._used.pop(segment, None)
        self._used[segment] = None
        if len(self._used) > MAX_OPEN:
            oldest = next(iter(self._used))
            del self._used[oldest]
            self._files[oldest].close()
        return self._files[segment]

    def _entry(self, segment: int, raw: RawRecord) -> Entry | Damage:
        try:
            content = decode_content(raw.data)
        except FrameError:
            return self._damage(segment, raw, "unreadable")
        return Entry(
            segment, raw.offset, raw.log_time_ns, content.topic, content.message, content.document
        )

    def _damage(self, segment: int, place: RawRecord | Ruin, kind: str) -> Damage:
        file = self.segments[segment].name
        return Damage(file, place.offset, place.end - place.offset, kind, None, None)


def read_journal(folder: Path) -> Journal:
    """Open a recording's folder, finished, still being written, or torn at any byte.

    Raises:
        SessionError: There is no journal in it.
    """
    return Journal(folder)


def _existing_segments(folder: Path) -> list[Path]:
    segments = journal_segments(folder) if folder.is_dir() else []
    if not segments:
        raise SessionError(
            f"expected journal-0001.mcap and so on in {folder}, got none; "
            "name the folder <session>.recording of a recording"
        )
    return segments


def _times(entry: Entry) -> tuple[float, float] | None:
    # An event may carry no time, which is 0 on the wire.
    if entry.message is None or entry.message.t_last <= 0:
        return None
    # A prediction begins a whole window before what is recorded beside it.
    is_chunk = entry.message.kind == Kind.CHUNK
    return entry.message.t_first if is_chunk else entry.message.t_last, entry.message.t_last


def _between(damage: Damage, t_before: float | None, t_after: float | None) -> Damage:
    return Damage(damage.file, damage.offset, damage.n_bytes, damage.kind, t_before, t_after)
