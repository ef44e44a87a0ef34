"""Turn a recording's journal into a session, and prove that nothing was lost on the way."""

import hashlib
import platform
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.errors import SessionError
from emgrig.recording.balance import sample_book
from emgrig.recording.inventory import Inventory, StreamIndex, take_inventory
from emgrig.recording.journal import Journal, read_journal
from emgrig.recording.journal_writer import RECORDING_SUFFIX, journal_segments
from emgrig.recording.names import session_path
from emgrig.recording.pieces import StreamNotes, pieces, stored_dtype
from emgrig.recording.places import VECTOR_RATE_HZ
from emgrig.recording.session_reader import SessionReader, open_session
from emgrig.recording.session_writer import SessionFacts, SessionWriter
from emgrig.recording.stream_sink import StreamFormat
from emgrig.recording.wall_clock import wall_steps
from emgrig.recording.zarr_arrays import chunk_rows

__all__ = ["export_session", "finish_recording", "remove_exported"]

_EXPORTED_SUFFIX = ".exported"


def export_session(folder: Path, out_dir: Path) -> Path:
    """Write a recording as a session, read it again and compare every sample by digests.

    Memory holds one chunk of one stream, and 80 bytes per message of the recording. The journal
    stays as it is.

    Args:
        folder: ``<session name>.recording``, no longer being written.
        out_dir: Where ``<session name>.session.zip`` goes.

    Returns:
        The session's path; it is on the disk.

    Raises:
        SessionError: There is no journal, the disk is full, or the comparison failed; no session
            is left behind then.
    """
    with read_journal(folder) as journal:
        inventory = take_inventory(journal)
        provenance = inventory.latest("provenance")
        stem = folder.name.removesuffix(RECORDING_SUFFIX)
        target = session_path(out_dir, stem, str(provenance.get("name") or ""))
        with SessionWriter(target) as writer:
            copied = {
                stream.name: _copy(journal, stream, writer) for stream in inventory.streams.values()
            }
            notes = {name: one.notes for name, one in copied.items()}
            writer.seal(_facts(journal, inventory, notes))
            with open_session(writer.temporary) as session:
                for name, one in copied.items():
                    _compare(session, name, one.digest)
            return writer.commit()


def finish_recording(folder: Path, out_dir: Path) -> Path:
    """Export a recording and, only then, let its journal go.

    Killed at any point, it can be called again with the same result.

    Returns:
        The session's path.

    Raises:
        SessionError: As `export_session`; the journal is untouched then.
    """
    session = export_session(folder, out_dir)
    # Renamed first: a half deleted journal must never be exported over its own session.
    folder.rename(folder.with_suffix(_EXPORTED_SUFFIX))
    remove_exported(folder.parent)
    return session


def remove_exported(sessions_dir: Path) -> None:
    """Remove the journals whose sessions are there: who did it may have been killed over it.

    Raises:
        OSError: One cannot be removed.
    """
    for exported in sessions_dir.glob(f"*{_EXPORTED_SUFFIX}"):
        _let_go(exported)


def _let_go(exported: Path) -> None:
    # Another export may be at the same.
    with suppress(FileNotFoundError):
        for segment in journal_segments(exported):
            segment.unlink(missing_ok=True)
        if not any(exported.iterdir()):
            exported.rmdir()


class _Digest:
    """Tells a stream's samples and their times from any others, NaN payloads included."""

    def __init__(self) -> None:
        self._data, self._times = hashlib.sha256(), hashlib.sha256()

    def update(self, data: NDArray[Any], times: NDArray[np.float64]) -> None:
        """Take more rows."""
        self._data.update(np.ascontiguousarray(data))
        self._times.update(np.ascontiguousarray(times))

    @property
    def value(self) -> bytes:
        """What stands for all rows until now."""
        return self._data.digest() + self._times.digest()


class _Copied(NamedTuple):
    """A stream as it was read from the journal.

    Attributes:
        notes: Its gaps, rates and the like.
        digest: Of its samples as they are to be stored.
    """

    notes: StreamNotes
    digest: bytes


def _copy(journal: Journal, stream: StreamIndex, writer: SessionWriter) -> _Copied:
    is_vector = not stream.key.topic.startswith("chunk/")
    notes = StreamNotes(fs=VECTOR_RATE_HZ if is_vector else stream.key.fs)
    form = StreamFormat(
        stream.key.n_channels,
        stored_dtype(stream.key.dtype).name,
        stream.key.fs,
        stream.channel_names if len(stream.channel_names) == stream.key.n_channels else (),
    )
    sink, digest = writer.stream(stream.name, form), _Digest()
    for piece in pieces(journal, stream):
        sink.append(piece.data, piece.timestamps)
        digest.update(piece.data, piece.timestamps)
        notes.note(piece)
    writer.declare_rate(stream.name, notes.delivered_hz)
    return _Copied(notes, digest.value)


def _compare(session: SessionReader, name: str, expected: bytes) -> None:
    """Refuse a session that does not hold what the journal's records held, each checked by CRC."""
    info, digest = session.info(name), _Digest()
    # A few chunks at once, each read once.
    n_block = 4 * chunk_rows(info.fs, np.dtype(info.dtype).itemsize * info.n_channels)
    for start in range(0, info.n_samples, n_block):
        stop = min(start + n_block, info.n_samples)
        digest.update(session.rows(name, start, stop), session.times(name, start, stop))
    if digest.value != expected:
        raise SessionError(
            f"expected {name} as the journal has it, got other samples in {info.n_samples} rows of "
            f"{session.path}; the journal is kept, check the disk and export again"
        )


def _facts(journal: Journal, inventory: Inventory, notes: dict[str, StreamNotes]) -> SessionFacts:
    provenance = inventory.latest("provenance")
    return SessionFacts(
        name=str(provenance.get("name") or ""),
        created=datetime.fromtimestamp(inventory.last_log_ns // 1_000_000_000),
        class_names=[str(name) for name in provenance.get("classes") or ()],
        labels=[(float(label["t"]), label["class_index"]) for label in inventory.labels],
        pose_convention=str(provenance.get("pose_convention") or inventory.pose_convention),
        extras={"emgrig": _extras(journal, inventory, notes)},
    )


def _extras(
    journal: Journal, inventory: Inventory, notes: dict[str, StreamNotes]
) -> dict[str, Any]:
    streams = inventory.streams.values()
    return {
        "format": 1,
        "provenance": inventory.latest("provenance"),
        "streams": {stream.name: _counts(stream, notes[stream.name]) for stream in streams},
        "gaps": {name: note.gaps for name, note in notes.items()},
        "rates": {stream.name: _rates(stream, notes[stream.name]) for stream in streams},
        "model_runs": {name: note.model_runs for name, note in notes.items() if note.model_runs},
        "ledger": (ledger := _ledger(inventory)),
        "windows": inventory.windows.as_dict(ledger, inventory.latest("books")),
        "labels": inventory.labels,
        "events": inventory.events,
        "damaged": inventory.damaged,
        "wall_clock_steps": wall_steps(inventory.documents),
        "unlisted": inventory.unlisted,
        "segments": [path.name for path in journal.segments],
        "exported_by": {"python": platform.python_version(), "host": platform.node()},
    }


def _counts(stream: StreamIndex, notes: StreamNotes) -> dict[str, Any]:
    return {
        "topic": stream.key.topic,
        "wire_dtype": stream.key.dtype,
        "pose_convention": stream.key.pose_convention,
        "sources": sorted({source for source, _ in stream.index.epochs}),
        "duplicates": stream.index.n_total - notes.n_samples,
        **sample_book(stream.index, notes.n_samples),
        **notes.as_dict(),
    }


def _rates(stream: StreamIndex, notes: StreamNotes) -> dict[str, float]:
    return {"declared_hz": stream.key.fs, "delivered_hz": notes.delivered_hz}


def _ledger(inventory: Inventory) -> dict[str, Any]:
    """Join what the processes said with what the journal itself shows."""
    shown = {topic: index.counts() for topic, index in sorted(inventory.topics.items())}
    return {**inventory.latest("ledger"), "journal": shown}
