"""Put the messages of one stream into order: no sample twice, every gap noted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.messages import MAX_RATE_HZ, Kind, Message
from emgrig.recording.aligning import Rows
from emgrig.recording.inventory import MAX_LISTED, StreamIndex
from emgrig.recording.journal import Journal
from emgrig.recording.merging import Step, merged_steps, steps
from emgrig.recording.places import Place, longest_steps_s, source_time

__all__ = ["Piece", "StreamNotes", "pieces", "stored_dtype"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that follow the rows before them in the array.

    Attributes:
        data: (n, n_channels), as stored.
        timestamps: (n,), LSL seconds.
        epoch: (source, epoch id).
        missing: Samples, or messages for vectors, that are lost just before.
        model_id: Model that predicted them, empty for none.
        joins: They continue another acquirer's rows without a hole.
    """

    data: NDArray[Any]
    timestamps: NDArray[np.float64]
    epoch: tuple[str, str]
    missing: int
    model_id: str
    joins: bool = False


def stored_dtype(wire_dtype: str) -> np.dtype[Any]:
    """Return the type in a session of a type on the wire.

    The MyoGestic library reads no unsigned types; int16 holds every uint8.
    """
    return np.dtype("<i2") if wire_dtype == "|u1" else np.dtype(wire_dtype)


def pieces(journal: Journal, stream: StreamIndex) -> Iterator[Piece]:
    """Yield a stream's rows in order, each once; memory holds a few messages."""
    epochs = list(stream.index.epochs)
    for step in _steps(journal, stream):
        message = journal.message_at(step.place.segment, step.place.offset)
        yield _piece(message, step, epochs[step.place.epoch])


def _steps(journal: Journal, stream: StreamIndex) -> Iterator[Step]:
    n_sources = len({source for source, _ in stream.index.epochs})
    if n_sources < 2 or not stream.key.topic.startswith(f"{Kind.CHUNK}/"):
        return steps(stream.index)

    def read(place: Place) -> Rows:
        message = journal.message_at(place.segment, place.offset)
        times = message.timestamps
        return Rows(times - times[0] + source_time(message), message.data)

    return merged_steps(stream.index, stream.key.fs, read)


def _piece(message: Message, step: Step, epoch: tuple[str, str]) -> Piece:
    if message.kind == Kind.CHUNK:
        data, timestamps = message.data[step.skip :], message.timestamps[step.skip :]
    else:
        data, timestamps = message.data[np.newaxis], np.array([_vector_time(message)])
    data = data.astype(stored_dtype(message.data.dtype.str), copy=False)
    model_id = str(message.fields.get("model_id", ""))
    return Piece(data, timestamps, epoch, step.missing, model_id, step.joins)


def _vector_time(message: Message) -> float:
    # A pose is of the moment at which the hand got it: that of its data would go back in time
    # where a prediction follows a pose that was sent again.
    pushed = message.fields.get("t_pushed")
    is_time = message.kind == Kind.POSE and isinstance(pushed, float) and math.isfinite(pushed)
    return pushed if is_time else message.t_last  # type: ignore[return-value]


@dataclass(slots=True)
class StreamNotes:
    """What there is to say about a stream besides its samples; `note` every piece in order.

    Attributes:
        fs: Declared rate, Hz; 0 for irregular streams, which have no gaps in time.
        n_samples: Rows so far.
        missing: Samples, or messages for vectors, lost inside epochs.
        gaps: ``{after_index, kind, t_before, t_after, seconds, missing}``; kind is ``missing``,
            ``time``, ``backwards`` or ``epoch``.
        n_gaps: How many there are, listed or not.
        n_repeated: Rows with the time stamp of the row before.
        n_backwards: Rows stamped before the row before them, gaps or not.
        n_epochs: How many there are, listed or not.
        epochs: ``{source, epoch, first_index}``.
        model_runs: ``{model_id, first_index}``.
    """

    fs: float
    n_samples: int = 0
    missing: int = 0
    gaps: list[dict[str, Any]] = field(default_factory=list)
    n_gaps: int = 0
    n_repeated: int = 0
    n_backwards: int = 0
    n_epochs: int = 0
    epochs: list[dict[str, Any]] = field(default_factory=list)
    model_runs: list[dict[str, Any]] = field(default_factory=list)
    _epoch: tuple[str, str] | None = None
    _t_last: float = 0.0
    _steps: int = 0
    _seconds: float = 0.0

    @property
    def delivered_hz(self) -> float:
        """Mean rate over the stretches without gaps; 0 if there is no such stretch."""
        # Stamps that go back and forth may add up to next to no time.
        return self._steps / self._seconds if self._seconds > self._steps / MAX_RATE_HZ else 0.0

    def note(self, piece: Piece) -> None:
        """Take the next rows into account."""
        times = piece.timestamps
        is_first = self._epoch is None
        before = times if is_first else np.concatenate(([self._t_last], times))
        kinds = self._kinds(before)
        if not (is_first or piece.joins) and piece.epoch != self._epoch:
            kinds[0] = "epoch"
        elif not is_first and piece.missing:
            kinds[0] = "missing"
        # Row number of before[0] in the array.
        origin = self.n_samples - (not is_first)
        for step in sorted(kinds):
            missing = piece.missing if kinds[step] == "missing" else 0
            self._add_gap(kinds[step], origin + step, before[step : step + 2], missing)
        self._note_runs(piece)
        self._count(piece, before, kinds)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for the session's extras; the gaps are listed apart."""
        return {
            "n_samples": self.n_samples,
            "missing": self.missing,
            "n_gaps": self.n_gaps,
            "n_repeated_times": self.n_repeated,
            "n_backward_times": self.n_backwards,
            "n_epochs": self.n_epochs,
            "epochs": self.epochs,
        }

    def _kinds(self, times: NDArray[np.float64]) -> dict[int, str]:
        """Return step number -> kind of gap, by time alone."""
        steps = np.diff(times)
        forward_s, backward_s = longest_steps_s(self.fs)
        kinds = dict.fromkeys(np.flatnonzero(steps > forward_s).tolist(), "time")
        kinds.update(dict.fromkeys(np.flatnonzero(steps < -backward_s).tolist(), "backwards"))
        return kinds

    def _add_gap(self, kind: str, index: int, times: NDArray[np.float64], missing: int) -> None:
        self.n_gaps += 1
        if len(self.gaps) < MAX_LISTED:
            t_before, t_after = times.tolist()
            gap = {"after_index": index, "kind": kind, "t_before": t_before, "t_after": t_after}
            self.gaps.append({**gap, "seconds": t_after - t_before, "missing": missing})

    def _note_runs(self, piece: Piece) -> None:
        if piece.epoch != self._epoch:
            self.n_epochs += 1
        if piece.epoch != self._epoch and self.n_epochs <= MAX_LISTED:
            source, epoch = piece.epoch
            self.epochs.append({"source": source, "epoch": epoch, "first_index": self.n_samples})
        is_same = self.model_runs and self.model_runs[-1]["model_id"] == piece.model_id
        if piece.model_id and not is_same and len(self.model_runs) < MAX_LISTED:
            self.model_runs.append({"model_id": piece.model_id, "first_index": self.n_samples})

    def _count(self, piece: Piece, before: NDArray[np.float64], kinds: dict[int, str]) -> None:
        steps = np.diff(before)
        if kinds.get(0) == "epoch":
            steps[0] = 1.0  # another clock, perhaps: its times are not compared
        self.n_repeated += int(np.count_nonzero(steps == 0))
        self.n_backwards += int(np.count_nonzero(steps < 0))
        steps = np.delete(steps, list(kinds))
        self._steps += len(steps)
        self._seconds += float(steps.sum())
        self._epoch, self._t_last = piece.epoch, float(piece.timestamps[-1])
        self.n_samples += len(piece.data)
        self.missing += piece.missing
