"""What a session shows of itself: its line in a list, its picture, its quality, its bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from emgrig.control import recorder_pb2
from emgrig.errors import RequestError, SessionError
from emgrig.messages import wire_text
from emgrig.recording import (
    SESSION_SUFFIX,
    SessionReader,
    SessionSummary,
    session_of,
    summarise_session,
)
from emgrig.recording.quality import STREAM, assess

__all__ = ["Summaries", "assessment", "brief", "pieces", "preview"]

MAX_COLUMNS = 2000
MAX_PREVIEW_CHANNELS = 64
PIECE_BYTES = 1 << 20
BLOCK_COLUMNS = 50
"""Columns read at once: a session is larger than the memory that a picture of it may take."""


class Summaries:
    """The list of sessions, each opened once as long as it does not change."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], SessionSummary]] = {}

    def of(self, folder: Path) -> list[SessionSummary]:
        """Return every session of a folder, newest name first."""
        found = sorted(folder.glob(f"*{SESSION_SUFFIX}"), key=lambda path: path.name, reverse=True)
        fresh = {path: self._look(path) for path in found}
        self._known = fresh
        return [summary for _, summary in fresh.values()]

    def _look(self, path: Path) -> tuple[tuple[int, ...], SessionSummary]:
        try:
            status = path.stat()
        except OSError as error:  # moved while we looked
            return (), SessionSummary(path, problem=f"cannot be read: {error.strerror}")
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = self._known.get(path)
        if known and known[0] == stamp:
            return known
        try:
            return stamp, summarise_session(path)
        except SessionError as error:
            return stamp, SessionSummary(path, problem=str(error))


def brief(summary: SessionSummary, notes: str) -> Any:
    """Return a session's line as a message; one that cannot be opened says why in its name."""
    info = recorder_pb2.SessionInfo(
        session=session_of(summary.path),
        path=wire_text(str(summary.path)),
        take_name=wire_text(summary.problem or summary.name),
        created=wire_text(summary.created),
        duration_s=summary.duration_s,
        class_names=map(wire_text, summary.classes),
        label_counts={wire_text(name): n for name, n in summary.labels},
        ledger_balanced=summary.is_balanced,
        gaps=summary.n_gaps,
        n_bytes=summary.n_bytes,
        notes=notes,
    )
    for name, stream in summary.streams.items():
        count = info.streams[name]
        count.samples, count.gaps = stream.n_samples, stream.n_gaps
        count.rate_hz = stream.rate_hz
    return info


def assessment(session: SessionReader) -> Any:
    """Return the quality report as a message.

    Raises:
        SessionError: It has no EMG that can be judged.
    """
    findings = [
        recorder_pb2.Finding(
            name=found.name, ok=found.ok, measured=found.measured, advice=found.advice
        )
        for found in assess(session)
    ]
    return recorder_pb2.AssessReply(findings=findings)


def preview(session: SessionReader, n_columns: int) -> Any:
    """Return a picture of the EMG: min and max of each column, and the labels.

    Raises:
        RequestError: Not so many columns, or no EMG.
    """
    if not 1 <= n_columns <= MAX_COLUMNS:
        raise RequestError(f"expected 1 to {MAX_COLUMNS} columns, got {n_columns}")
    if STREAM not in session.streams or not session.info(STREAM).n_samples:
        raise RequestError(f"expected EMG in {session.name or 'the session'}, got none")
    info = session.info(STREAM)
    n_channels = min(info.n_channels, MAX_PREVIEW_CHANNELS)
    columns = min(n_columns, info.n_samples)
    edges = np.linspace(0, info.n_samples, columns + 1).astype(int)
    envelope = np.concatenate(list(_columns(session, edges, n_channels)))
    t_first = float(session.times(STREAM, 0, 1)[0])
    t_last = float(session.times(STREAM, info.n_samples - 1, info.n_samples)[0])
    names = [wire_text(name) for name in session.class_names]
    labels = [
        recorder_pb2.LabelAt(
            t_s=label.t - t_first,
            class_name=names[label.class_index] if 0 <= label.class_index < len(names) else "",
        )
        for label in session.labels
    ]
    return recorder_pb2.Preview(
        duration_s=t_last - t_first,
        n_channels=n_channels,
        columns=columns,
        envelope=envelope.astype("<f4").tobytes(),
        labels=labels,
    )


def pieces(path: Path) -> Iterator[Any]:
    """Yield a file as messages.

    Raises:
        RequestError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            while data := file.read(PIECE_BYTES):
                yield recorder_pb2.Piece(data=data)
    except OSError as error:
        raise RequestError(
            f"expected to read {path}, got: {error.strerror}; list the sessions, check the disk"
        ) from error


def _columns(session: SessionReader, edges: Any, n_channels: int) -> Iterator[Any]:
    """Yield (n, n_channels, 2) blocks of columns."""
    for first in range(0, len(edges) - 1, BLOCK_COLUMNS):
        block = edges[first : first + BLOCK_COLUMNS + 1]
        rows = session.rows(STREAM, int(block[0]), int(block[-1]))[:, :n_channels]
        starts = block[:-1] - block[0]
        lowest = np.minimum.reduceat(rows, starts, axis=0)
        yield np.stack([lowest, np.maximum.reduceat(rows, starts, axis=0)], axis=2)
