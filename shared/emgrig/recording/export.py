"""Turn a recording's journal into a session, and prove that nothing was lost on the way."""

import platform
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.errors import SessionError
from emgrig.recording.balance import sample_book
from emgrig.recording.inventory import Inventory, StreamIndex, take_inventory
from emgrig.recording.journal import Journal, read_journal
from emgrig.recording.journal_writer import RECORDING_SUFFIX, journal_segments
from emgrig.recording.names import session_path
from emgrig.recording.pieces import VECTOR_RATE_HZ, StreamNotes, pieces, stored_dtype
from emgrig.recording.session_reader import SessionReader, open_session
from emgrig.recording.session_writer import SessionFacts, SessionWriter
from emgrig.recording.stream_sink import StreamFormat
from emgrig.recording.wall_clock import wall_steps
from emgrig.recording.zarr_arrays import chunk_rows

__all__ = ["export_session", "finish_recording"]

_EXPORTED_SUFFIX = ".exported"


def export_session(folder: Path, out_dir: Path) -> Path:
    """Write a recording as a session and compare the two sample for sample.

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
            notes = {
                stream.name: _copy(journal, stream, writer) for stream in inventory.streams.values()
            }
            writer.seal(_facts(journal, inventory, notes))
            with open_session(writer.temporary) as session:
                for stream in inventory.streams.values():
                    _compare(journal, stream, session)
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
    # All of them: an earlier call may have been killed in the middle of this loop.
    for exported in folder.parent.glob(f"*{_EXPORTED_SUFFIX}"):
        _let_go(exported)
    return session


def _let_go(exported: Path) -> None:
    for segment in journal_segments(exported):
        segment.unlink(missing_ok=True)
    # Another export may be at the same.
    with suppress(FileNotFoundError):
        if not any(exported.iterdir()):
            exported.rmdir()


def _copy(journal: Journal, stream: StreamIndex, writer: SessionWriter) -> StreamNotes:
    is_vector = not stream.key.topic.startswith("chunk/")
    notes = StreamNotes(fs=VECTOR_RATE_HZ if is_vector else stream.key.fs)
    form = StreamFormat(
        stream.key.n_channels,
        stored_dtype(stream.key.dtype).name,
        stream.key.fs,
        stream.channel_names if len(stream.channel_names) == stream.key.n_channels else (),
    )
    sink = writer.stream(stream.name, form)
    for piece in pieces(journal, stream):
        sink.append(piece.data, piece.timestamps)
        notes.note(piece)
    writer.declare_rate(stream.name, notes.delivered_hz)
    return notes


def _compare(journal: Journal, stream: StreamIndex, session: SessionReader) -> None:
    """Read both again and refuse the smallest difference, NaN payloads included."""
    row = 0
    for data, times in _blocks(journal, stream):
        stop = row + len(data)
        stored = session.rows(stream.name, row, stop), session.times(stream.name, row, stop)
        if stored[0].tobytes() != data.tobytes() or stored[1].tobytes() != times.tobytes():
            raise _difference(stream, session, f"other samples in rows {row} to {stop}")
        row = stop
    if row != session.info(stream.name).n_samples:
        raise _difference(stream, session, f"{session.info(stream.name).n_samples} rows")


def _difference(stream: StreamIndex, session: SessionReader, got: str) -> SessionError:
    return SessionError(
        f"expected {stream.name} as the journal has it, got {got} in {session.path}; "
        "the journal is kept, check the disk and export again"
    )


def _blocks(
    journal: Journal, stream: StreamIndex
) -> Iterator[tuple[NDArray[Any], NDArray[np.float64]]]:
    """Yield a stream in stretches of a few chunks, so that few chunks are read twice."""
    key = stream.key
    wanted = 4 * chunk_rows(key.fs, stored_dtype(key.dtype).itemsize * key.n_channels)
    held: list[tuple[NDArray[Any], NDArray[np.float64]]] = []
    n_held = 0
    for piece in pieces(journal, stream):
        held.append((piece.data, piece.timestamps))
        n_held += len(piece.data)
        if n_held >= wanted:
            yield _joined(held)
            held, n_held = [], 0
    if held:
        yield _joined(held)


def _joined(
    held: list[tuple[NDArray[Any], NDArray[np.float64]]],
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    return np.concatenate([data for data, _ in held]), np.concatenate([times for _, times in held])


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
        "windows": inventory.windows.as_dict(ledger),
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
    said = chain.from_iterable(ledger.items() for ledger in inventory.documents.get("ledger", []))
    shown = {topic: index.counts() for topic, index in sorted(inventory.topics.items())}
    return {**dict(said), "journal": shown}
