"""Find where two acquirers hold the same rows of a stream: by the samples themselves.

Both got the same samples with the same stamps, but number them from where each began. A clock that
stamps whole chunks, stands still or is set back cannot tell one row from the next; a stretch of
samples can. So times only say where to look.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.recording.places import TICK_S, Place, longest_steps_s

__all__ = ["ReadRows", "Rows", "Run", "components"]

_, _FIRST, _N, _SEGMENT, _OFFSET, _T_FIRST, _T_LAST = range(7)

# A stretch that must agree: half a second of the fastest EMG, many times a chunk of one stamp.
_N_PROBE = 1024
# Messages that are looked through where many have the time of the stretch, nearest first.
_MAX_CANDIDATES = 256
# The acquirers' corrections move their stamps within a chunk by 500 us a second, not by more.
_TOLERANCE_S = 1e-3
# A chunk may hold the rows of several short runs of the other source, and comes behind them.
_N_NEWEST = 4
_SEGMENT_BYTES = 1 << 44


class Rows(NamedTuple):
    """Some rows of a stream as one acquirer got them.

    Attributes:
        times: (n,), the source's clock, seconds.
        data: (n, n_channels).
    """

    times: NDArray[np.float64]
    data: NDArray[np.generic]


type ReadRows = Callable[[Place], Rows]


@dataclass(eq=False, slots=True)
class Run:
    """Messages of one source that follow each other without a hole.

    Attributes:
        owner: Number of its source.
        places: (n_messages, 7), as `Place`.
        skips: (n_messages,), leading rows of each that the message before has too.
        missing: Rows that its source lost just before.
        starts: (n_messages,), number in the run of each message's first new row.
        n_rows: Rows in it.
        at: Where in the journal it begins.
        t_first: Time of its first message, ticks.
        t_last: Time of its last row, ticks.
        t_min: Smallest of its messages' times, ticks.
        t_max: Largest of them.
    """

    owner: int
    places: NDArray[np.int64]
    skips: NDArray[np.int64]
    missing: int
    starts: NDArray[np.int64] = field(init=False)
    n_rows: int = field(init=False)
    at: int = field(init=False)
    t_first: int = field(init=False)
    t_last: int = field(init=False)
    t_min: int = field(init=False)
    t_max: int = field(init=False)

    def __post_init__(self) -> None:
        firsts = self.places[:, _FIRST] + self.skips
        self.starts = firsts - firsts[0]
        self.n_rows = int(self.starts[-1] + self.places[-1, _N] - self.skips[-1])
        self.at = int(_journal_order(self.places[:1])[0])
        times = self.places[:, _T_FIRST : _T_LAST + 1]
        self.t_first, self.t_last = int(times[0, 0]), int(times[-1, 1])
        self.t_min, self.t_max = int(times.min()), int(times.max())


def components(runs: list[Run], fs: float, read: ReadRows) -> list[list[tuple[Run, int]]]:
    """Return the runs that share rows, together, each with the number of its first row.

    Args:
        runs: Of all sources; those of one in the order of its rows.
        fs: Declared rate, Hz; 0 for an irregular stream.
        read: Returns the rows of a message.
    """
    links: list[list[tuple[int, int]]] = [[] for _ in runs]
    for here, there in _neighbours(runs):
        offset = _offset(runs[here], runs[there], fs, read)
        if offset is not None:
            links[here].append((there, offset))
            links[there].append((here, -offset))
    found, seen = [], set[int]()
    for first in range(len(runs)):
        if first not in seen:
            found.append(_connected(first, links, seen))
    return [[(runs[number], row) for number, row in component] for component in found]


def _connected(
    first: int, links: list[list[tuple[int, int]]], seen: set[int]
) -> list[tuple[int, int]]:
    found = [(first, 0)]
    seen.add(first)
    for number, row in found:
        for other, offset in links[number]:
            if other not in seen:
                seen.add(other)
                found.append((other, row + offset))
    return found


def _neighbours(runs: list[Run]) -> Iterator[tuple[int, int]]:
    """Yield (run, run of another source that may have gone on when it began).

    Of two that share rows one begins later. The other is then one of the newest of its source: in
    the journal, and by its clock where it was back-filled. A clock that was set back, or a
    back-fill, may deceive one of the two.
    """
    owners = np.array([run.owner for run in runs])
    begins = np.array([(run.at, run.t_first) for run in runs])
    pairs = set()
    for owner in np.unique(owners):
        own, others = np.flatnonzero(owners == owner), np.flatnonzero(owners != owner)
        for column in range(2):
            order = own[np.argsort(begins[own, column], kind="stable")]
            stops = np.searchsorted(begins[order, column], begins[others, column], "right")
            for other, stop in zip(others.tolist(), stops.tolist(), strict=True):
                pairs |= {(other, k) for k in order[max(0, stop - _N_NEWEST) : stop].tolist()}
    yield from sorted(pairs)


def _offset(run: Run, other: Run, fs: float, read: ReadRows) -> int | None:
    """Return the number in a run of another one's first row; None where they share no row."""
    # Rows of a chunk may be stamped before its first one or after its last one.
    slack = longest_steps_s(fs)[1] / TICK_S
    if max(run.t_min, other.t_min) > min(run.t_max, other.t_max) + slack:
        return None
    inside = _row_of(run, other, slack, read)
    if inside is not None:
        return inside
    around = _row_of(other, run, slack, read)
    return None if around is None else -around


def _row_of(run: Run, other: Run, slack: float, read: ReadRows) -> int | None:
    """Return which row of a run is the first of another one; None where it has no such row."""
    probe = _rows_from(other, 0, read)
    candidates = _candidates(run, other, slack)
    hits = [hit for message in candidates for hit in _hits(run, int(message), probe, read)]
    for _, row in sorted(hits, key=lambda hit: hit[0]):
        if _is_same(_rows_from(run, row, read), probe):
            return row
    return None


def _candidates(run: Run, other: Run, slack: float) -> NDArray[np.int64]:
    """Return the messages of a run that may hold another's first row, the nearest ones."""
    t_first = other.t_first
    times = run.places[:, _T_FIRST : _T_LAST + 1]
    is_near = (times.min(axis=1) - slack <= t_first) & (t_first <= times.max(axis=1) + slack)
    near = np.flatnonzero(is_near)
    distance = np.abs(_journal_order(run.places[near]) - other.at)
    return near[np.argsort(distance, kind="stable")[:_MAX_CANDIDATES]]


def _hits(run: Run, message: int, probe: Rows, read: ReadRows) -> Iterator[tuple[float, int]]:
    """Yield (difference in time, row of the run) for the rows of a message like the probe's first.

    They differ in time by less than a correction moves.
    """
    skip = int(run.skips[message])
    times, data = read(Place(*run.places[message].tolist()))
    early = np.abs(times[skip:] - probe.times[0])
    is_hit = (_as_bytes(data[skip:]) == _as_bytes(probe.data[:1])).all(axis=1)
    for row in np.flatnonzero(is_hit & (early <= _TOLERANCE_S)).tolist():
        yield float(early[row]), int(run.starts[message]) + row


def _rows_from(run: Run, row: int, read: ReadRows) -> Rows:
    """Return a run's rows from one on, as many as must agree or as there are."""
    first = int(np.searchsorted(run.starts, row, "right")) - 1
    stop = int(np.searchsorted(run.starts, row + _N_PROBE, "left"))
    parts = [(read(Place(*run.places[k].tolist())), int(run.skips[k])) for k in range(first, stop)]
    times = np.concatenate([rows.times[skip:] for rows, skip in parts])
    data = np.concatenate([rows.data[skip:] for rows, skip in parts])
    wanted = slice(row - int(run.starts[first]), row - int(run.starts[first]) + _N_PROBE)
    return Rows(times[wanted], data[wanted])


def _is_same(some: Rows, others: Rows) -> bool:
    n = min(len(some.times), len(others.times))
    is_then = np.abs(some.times[:n] - others.times[:n]) <= _TOLERANCE_S
    return bool(is_then.all()) and np.array_equal(
        _as_bytes(some.data[:n]), _as_bytes(others.data[:n])
    )


def _as_bytes(data: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return (n, n_bytes): what is no number is equal to itself."""
    return np.ascontiguousarray(data).view(np.uint8).reshape(len(data), -1)


def _journal_order(places: NDArray[np.int64]) -> NDArray[np.int64]:
    order: NDArray[np.int64] = places[:, _SEGMENT] * _SEGMENT_BYTES + places[:, _OFFSET]
    return order
