"""Write the journal of a recording: append-only MCAP, readable at any instant."""

import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from mcap.writer import IndexType, Writer

from emgrig.errors import SessionError
from emgrig.messages import Message
from emgrig.recording.records import RECORD_PREFIX, checksum, encode_message, encode_record

__all__ = ["RECORDING_SUFFIX", "JournalWriter", "journal_segments"]

RECORDING_SUFFIX = ".recording"
_SEGMENT = re.compile(r"journal-(\d{4,9})\.mcap")


def journal_segments(folder: Path) -> list[Path]:
    """Return the journal files of a recording in the order in which they were written."""
    numbered = [(_SEGMENT.fullmatch(path.name), path) for path in folder.iterdir()]
    return [path for _, path in sorted((int(match[1]), path) for match, path in numbered if match)]


class JournalWriter:
    """Append messages to a new segment of a recording.

    A writer never touches an earlier segment: after a kill, a new writer on the same folder goes
    on in the next file, and a torn tail stays where it is. Every record is handed to the kernel
    before `append` returns, so the death of the process loses nothing; call `sync` about once a
    second against the death of the machine. Any thread may call any method.

    Args:
        folder: ``<session name>.recording``; made if it is missing.
        provenance: Plain document about the recording, stored as the segment's first record;
            the export uses its keys ``name``, ``classes`` and ``pose_convention``.

    Raises:
        SessionError: The folder or the file cannot be written.
    """

    def __init__(self, folder: Path, provenance: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()
        self._channels: dict[str, int] = {}
        self._is_open = True
        self.n_bytes = 0
        # Times inside a segment go on evenly, whatever happens to the wall clock meanwhile.
        self._wall_origin_ns = time.time_ns() - time.monotonic_ns()
        self.path = self._attempt(lambda: _next_segment(folder), folder)
        # The segment number is claimed by creating the file: two writers never share one.
        self._file = self._attempt(lambda: self.path.open("xb"), self.path)
        self._writer = Writer(self._file, index_types=IndexType.NONE, use_chunking=False)
        try:
            self._begin(provenance)
        except SessionError:
            self._abandon()
            raise

    def _begin(self, provenance: Mapping[str, Any]) -> None:
        self._attempt(lambda: self._writer.start(profile="emgrig"), self.path)
        self.append_record("provenance", provenance)
        self.sync()
        for folder in (self.path.parent, self.path.parent.parent):
            self._attempt(partial(_sync_folder, folder), folder)

    def _abandon(self) -> None:
        """Leave no segment without content: whoever waits for room begins one every second."""
        self._is_open = False
        self.path.unlink(missing_ok=True)
        try:
            self._file.close()
        except OSError:
            # What it still wants to write belongs to a file that is gone.
            return

    def append(self, message: Message) -> None:
        """Write one message.

        Raises:
            SessionError: The disk is full or gone; what was written before stays readable.
        """
        t_ns = max(0, round(message.t_last * 1e9))
        self._append(message.topic, encode_message(message), t_ns)

    def append_record(self, kind: str, document: Mapping[str, Any]) -> None:
        """Write a plain document, such as the final ``ledger``; see `append` for errors."""
        self._append(f"{RECORD_PREFIX}{kind}", encode_record(kind, document), 0)

    def sync(self) -> None:
        """Wait until all that was appended is on the disk; see `append` for errors."""
        with self._lock:
            if self._is_open:
                self._attempt(lambda: os.fsync(self._file.fileno()), self.path)

    def close(self) -> None:
        """Finish the file so that every MCAP tool sees it as complete; twice is harmless."""
        with self._lock:
            if not self._is_open:
                return
            self._is_open = False
            try:
                self._attempt(self._finish, self.path)
            finally:
                self._attempt(self._file.close, self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, topic: str, data: bytes, t_ns: int) -> None:
        with self._lock:
            if not self._is_open:
                raise SessionError(f"expected an open journal, got a closed one: {self.path}")
            self._attempt(lambda: self._write(topic, data, t_ns), self.path)
            self.n_bytes += len(data)

    def _write(self, topic: str, data: bytes, t_ns: int) -> None:
        if topic not in self._channels:
            self._channels[topic] = self._writer.register_channel(topic, "msgpack", 0)
        log_time_ns = self._wall_origin_ns + time.monotonic_ns()
        self._writer.add_message(
            self._channels[topic],
            log_time=log_time_ns,
            data=data,
            publish_time=t_ns,
            # MCAP leaves the meaning of this number to the writer. The checksum makes damage
            # anywhere in an unchunked file detectable.
            sequence=checksum(data, log_time_ns, t_ns),
        )
        self._file.flush()

    def _finish(self) -> None:
        self._writer.finish()
        self._file.flush()
        os.fsync(self._file.fileno())

    @staticmethod
    def _attempt[T](action: Callable[[], T], path: Path) -> T:
        try:
            return action()
        except OSError as error:
            raise SessionError(
                f"expected to write the journal {path}, got {error.strerror or error}; "
                "free space or choose another data_dir, what was recorded before is safe"
            ) from error


def _next_segment(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    segments = journal_segments(folder)
    last = int(segments[-1].stem.rpartition("-")[2]) if segments else 0
    return folder / f"journal-{last + 1:04d}.mcap"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
