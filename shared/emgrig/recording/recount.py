"""Count again, in a session's arrays, what its books say of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.recording.balance import PREDICTIONS
from emgrig.recording.inventory import MAX_LISTED
from emgrig.recording.places import VECTOR_RATE_HZ, longest_steps_s
from emgrig.recording.session_meta import dict_or_empty
from emgrig.recording.session_reader import SessionReader

__all__ = ["miscounts"]

_BLOCK_ROWS = 1 << 20
_SLACK_S = 0.1


def miscounts(session: SessionReader) -> Iterator[str]:
    """Yield where gaps, repeats, steps back or predictions are not as the books have them.

    Memory does not grow with the session, but by 8 bytes for each prediction.
    """
    books = session.books
    streams, rates = dict_or_empty(books.get("streams")), dict_or_empty(books.get("rates"))
    for name in streams.keys() & session.streams.keys():
        book, gaps = dict_or_empty(streams[name]), dict_or_empty(books.get("gaps")).get(name)
        # A gap that is not listed may be one that the times do not show.
        if isinstance(gaps, list) and len(gaps) < MAX_LISTED:
            limits = longest_steps_s(_rate_hz(session, name, book, dict_or_empty(rates.get(name))))
            listed = [dict_or_empty(gap) for gap in gaps]
            yield from _stream_miscounts(session, name, book, listed, limits)
    yield from _prediction_miscounts(session, dict_or_empty(books.get("windows")), streams)


@dataclass(slots=True)
class _TimeCounts:
    """What the time stamps of a stream show.

    Attributes:
        jumps: Rows before a step that is a gap.
        at_gaps: Row before a listed gap -> the times of that row and the next.
        n_repeated: Steps of 0.
        n_backwards: Steps below 0.
    """

    jumps: list[int] = field(default_factory=list)
    at_gaps: dict[int, tuple[float, float]] = field(default_factory=dict)
    n_repeated: int = 0
    n_backwards: int = 0


def _stream_miscounts(
    session: SessionReader,
    name: str,
    book: dict[str, Any],
    gaps: list[dict[str, Any]],
    limits: tuple[float, float],
) -> Iterator[str]:
    kinds = {gap["after_index"]: gap.get("kind") for gap in gaps if _is_index(gap)}
    counts = _count_times(session, name, limits, kinds)
    stated = {
        "n_gaps": len(gaps),
        "missing": sum(n for gap in gaps if type(n := gap.get("missing")) is int),
        "n_repeated_times": counts.n_repeated,
        "n_backward_times": counts.n_backwards,
    }
    for key, counted in stated.items():
        if key in book and book[key] != counted:
            yield f"{name}: expected {key} {book[key]}, counted {counted}"
    by_time = {index for index, kind in kinds.items() if kind in ("time", "backwards")}
    if by_time - set(counts.jumps) or set(counts.jumps) - kinds.keys():
        yield (
            f"{name}: expected gaps after rows {sorted(by_time)[:10]}, the time stamps have them "
            f"after {counts.jumps[:10]}"
        )
    for gap in gaps:
        seen = counts.at_gaps.get(gap.get("after_index", -1))
        if seen != (gap.get("t_before"), gap.get("t_after")):
            yield f"{name}: expected a gap {gap}, the time stamps there are {seen}"


def _is_index(gap: dict[str, Any]) -> bool:
    return type(gap.get("after_index")) is int


def _rate_hz(
    session: SessionReader, name: str, book: dict[str, Any], rates: dict[str, Any]
) -> float:
    """Return the rate by which gaps were told; an irregular stream's array has a measured one."""
    if not str(book.get("topic")).startswith("chunk/"):
        return VECTOR_RATE_HZ
    return 0.0 if rates.get("declared_hz") == 0 else session.info(name).fs


def _count_times(
    session: SessionReader, name: str, limits: tuple[float, float], kinds: dict[int, Any]
) -> _TimeCounts:
    counts = _TimeCounts()
    others = [index for index, kind in kinds.items() if kind == "epoch"]
    for start, times in _time_blocks(session, name, 0, session.info(name).n_samples):
        steps = np.diff(times)
        jumps = np.flatnonzero((steps > limits[0]) | (steps < -limits[1])) + start
        counts.jumps += jumps[: MAX_LISTED - len(counts.jumps)].tolist()
        for index in kinds:
            if start <= index < start + len(steps):
                counts.at_gaps[index] = tuple(times[index - start : index - start + 2].tolist())
        # Another clock, perhaps: its times are not compared.
        steps[[index - start for index in others if start <= index < start + len(steps)]] = 1.0
        counts.n_repeated += int(np.count_nonzero(steps == 0))
        counts.n_backwards += int(np.count_nonzero(steps < 0))
    return counts


def _time_blocks(
    session: SessionReader, name: str, first: int, end: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield (first row, times); the last row of a block is the first one of the next."""
    for start in range(max(0, first), min(end, session.info(name).n_samples), _BLOCK_ROWS):
        yield start, session.times(name, start, min(start + _BLOCK_ROWS + 1, end))


def _prediction_miscounts(
    session: SessionReader, windows: dict[str, Any], streams: dict[str, Any]
) -> Iterator[str]:
    made, predicted = windows.get("made"), windows.get("predicted")
    if type(made) is not int or type(predicted) is not int:
        return
    books = {name: dict_or_empty(streams.get(name)) for name in session.streams}
    emg = {name: book for name, book in books.items() if book.get("topic") == "chunk/emg"}
    spans = _Spans()
    for name, book in emg.items():
        spans.add(session, name, book)
    found = [session.timestamps(n) for n, book in books.items() if book.get("topic") in PREDICTIONS]
    times = np.unique(np.concatenate([np.empty(0), *found]))
    least, most = (min(made, spans.count(times, slack_s)) for slack_s in spans.slacks_s)
    if not least <= predicted <= most:
        yield f"windows: expected {predicted} predicted, counted {least} to {most}"


@dataclass(slots=True)
class _Spans:
    """From the first to the last time stamp of every epoch of every source."""

    limits: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    is_exact: bool = True

    def add(self, session: SessionReader, name: str, book: dict[str, Any]) -> None:
        """Take the epochs of a stream into account."""
        listed = book.get("epochs")
        epochs = [dict_or_empty(epoch) for epoch in listed] if isinstance(listed, list) else []
        firsts = [n for epoch in epochs if type(n := epoch.get("first_index")) is int]
        self.is_exact &= len({epoch.get("source") for epoch in epochs}) < 2
        self.is_exact &= not book.get("n_backward_times")
        if not firsts or len(firsts) != len(epochs):
            return
        stops = [*firsts[1:], session.info(name).n_samples]
        for epoch, start, stop in zip(epochs, firsts, stops, strict=True):
            key = str(epoch.get("source")), str(epoch.get("epoch"))
            for _, times in _time_blocks(session, name, start, stop):
                low, high = self.limits.get(key, (np.inf, -np.inf))
                self.limits[key] = min(low, float(times.min())), max(high, float(times.max()))

    @property
    def slacks_s(self) -> tuple[float, float]:
        """What to add to the ends for the least and for the most that may be inside.

        Two acquirers' estimates of the clock differ, and a clock that went back did so between
        the ends of a message.
        """
        return (0.0, 0.0) if self.is_exact else (-_SLACK_S, _SLACK_S)

    def count(self, times: NDArray[np.float64], slack_s: float) -> int:
        """Return how many times are in a span."""
        is_inside = np.zeros(len(times), np.bool_)
        for first, last in self.limits.values():
            is_inside |= (times >= first - slack_s) & (times <= last + slack_s)
        return int(is_inside.sum())
