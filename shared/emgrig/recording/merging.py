"""Put the messages of a stream into order; two acquirers of one stream become one, each row once.

With one source the order is (epoch, sample index). With two (``redundancy = 2``) each source's
messages are divided into runs without a hole, and `components` puts the runs that share rows on
one row of numbers. These are covered greedily: one source is followed until it has a hole, then the
run that continues there and lasts longest. Runs that share no row with others follow each other.
"""

from collections import OrderedDict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.recording.aligning import ReadRows, Run, components
from emgrig.recording.places import TICK_S, Place, TopicIndex, longest_steps_s

__all__ = ["Step", "count_rows", "merged_steps", "steps"]

_EPOCH, _FIRST, _N, _, _, _T_FIRST, _T_LAST = range(7)


class Step(NamedTuple):
    """The next message and what of it is new.

    Attributes:
        place: Where it is.
        skip: Leading rows that are known.
        missing: Rows that are lost just before.
        joins: It continues another run without a hole.
    """

    place: Place
    skip: int
    missing: int
    joins: bool = False


def steps(index: TopicIndex) -> Iterator[Step]:
    """Yield the messages of a stream in the order of its rows, as their sources number them."""
    table, skips, missing = _new(index.table())
    for row in range(len(table)):
        yield Step(Place(*table[row].tolist()), int(skips[row]), int(missing[row]))


def merged_steps(index: TopicIndex, fs: float, read: ReadRows) -> Iterator[Step]:
    """Yield the messages of a stream in the order of its rows, where several sources got it.

    Args:
        index: Its messages.
        fs: Declared rate, Hz; 0 for an irregular stream.
        read: Returns the rows of a message.
    """
    t_end: float | None = None
    for component in _in_order(components(_runs(index, fs), fs, read), fs):
        end = component.first_row
        for run, row in component.cover():
            skip = end - row
            is_first = end == component.first_row
            joins, missing = _seam(run, t_end, fs) if is_first else (True, 0)
            yield from _run_steps(run, skip, missing, joins=joins)
            end, t_end = row + run.n_rows, run.t_last


def count_rows(table: NDArray[np.int64]) -> tuple[int, int]:
    """Return (rows sent between the first and last messages of each epoch, rows in the table).

    Rows that came twice are counted once.
    """
    if not len(table):
        return 0, 0
    skips, missing = _numbers(table)
    stored = int((table[:, _N] - skips).sum())
    return stored + int(missing.sum()), stored


def _numbers(table: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, per message, its rows that came before and the rows lost before it, by number."""
    ends = table[:, _FIRST] + table[:, _N]
    following = table[:, _FIRST].copy()
    begins = np.flatnonzero(np.diff(table[:, _EPOCH], prepend=-1))
    for start, stop in zip(begins, [*begins[1:], len(table)], strict=True):
        following[start + 1 : stop] = np.maximum.accumulate(ends[start:stop])[:-1]
    ahead = following - table[:, _FIRST]
    return np.clip(ahead, 0, table[:, _N]), np.maximum(0, -ahead)


def _new(
    table: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the messages that hold a new row, with what `_numbers` says of them."""
    skips, missing = _numbers(table)
    is_new = skips < table[:, _N]
    return table[is_new], skips[is_new], missing[is_new]


def _runs(index: TopicIndex, fs: float) -> list[Run]:
    """Return the runs of all sources; those of one in the order of its rows.

    A jump of the clock ends a run: behind it there may be another incarnation of the stream, which
    the two acquirers need not have found at once.
    """
    table, skips, missing = _new(index.table())
    owners = np.unique([source for source, _ in index.epochs], return_inverse=True)[1]
    threshold = longest_steps_s(fs)[0] / TICK_S
    newest = np.maximum(table[:-1, _T_FIRST], table[:-1, _T_LAST])
    breaks = table[1:, _T_FIRST] < newest - threshold
    breaks |= table[1:, _T_FIRST] > table[:-1, _T_LAST] + threshold
    breaks |= (missing[1:] > 0) | (np.diff(table[:, _EPOCH]) != 0)
    starts = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(table)]
    return [
        Run(int(owners[table[a, _EPOCH]]), table[a:b], skips[a:b], int(missing[a]))
        for a, b in pairwise(starts)
    ]


class _Component:
    """Runs that share rows.

    Attributes:
        runs: Each with the number of its first row.
        owners: Numbers of their sources.
        at: Where in the journal the first of them begins.
        first_row: The smallest of the numbers.
        t_first: Time of that row, ticks.
        t_last: Time of the last row, ticks.
    """

    def __init__(self, runs: list[tuple[Run, int]]) -> None:
        self.runs = sorted(runs, key=lambda pair: (pair[1], pair[0].at))
        self.owners = {run.owner for run, _ in runs}
        self.at = min(run.at for run, _ in runs)
        first, self.first_row = self.runs[0]
        self.t_first = first.t_first
        self.t_last = max(runs, key=lambda pair: pair[1] + pair[0].n_rows)[0].t_last

    def cover(self) -> Iterator[tuple[Run, int]]:
        """Yield the runs that are needed to have each row, in order."""
        waiting, end = self.runs[::-1], self.first_row
        while waiting:
            best = waiting.pop()
            while waiting and waiting[-1][1] <= end:
                best = max(best, waiting.pop(), key=lambda pair: pair[1] + pair[0].n_rows)
            if (stop := best[1] + best[0].n_rows) > end:
                yield best
                end = stop


def _in_order(found: list[list[tuple[Run, int]]], fs: float) -> Iterator[_Component]:
    """Yield the components in the order of their rows.

    A source's own order is kept. Between sources the journal's order counts, as the clock may have
    been set back; only who fits into a hole of the other's times belongs there, when it was
    back-filled.
    """
    slack = 1.5 / fs / TICK_S if fs > 0 else 0.0
    queues = _queues([_Component(runs) for runs in found])
    t_end = float("inf")
    while queues:
        fronts = {owner: next(iter(queue)) for owner, queue in queues.items()}
        ready = [one for one in fronts.values() if all(fronts[k] is one for k in one.owners)]
        first = min(ready or fronts.values(), key=lambda one: one.at)
        fitting = (
            one
            for one in ready
            if t_end - slack <= one.t_first < first.t_first >= one.t_last - slack
        )
        following = min(fitting, key=lambda one: one.t_first, default=first)
        yield following
        t_end = following.t_last
        for owner in following.owners:
            del queues[owner][following]
            if not queues[owner]:
                del queues[owner]


def _queues(found: list[_Component]) -> dict[int, OrderedDict[_Component, None]]:
    """Return what each source has a part in, in the order of its rows."""
    parts = [
        (run.owner, int(run.places[0, _EPOCH]), int(run.places[0, _FIRST]), component)
        for component in found
        for run, _ in component.runs
    ]
    queues: dict[int, OrderedDict[_Component, None]] = {}
    for owner, _, _, component in sorted(parts, key=lambda part: part[:3]):
        queues.setdefault(owner, OrderedDict()).setdefault(component)
    return queues


def _seam(run: Run, t_end: float | None, fs: float) -> tuple[bool, int]:
    """Return (whether a run goes on where the rows before it end, how many are lost between)."""
    hole_s = (run.t_first - t_end) * TICK_S if t_end is not None else 0.0
    if t_end is None or fs <= 0 or hole_s < 0:
        return False, run.missing
    if hole_s * fs <= 1.5:
        return True, 0
    # Of what its source lost, the other one may have had a part.
    return False, min(run.missing, round(min(hole_s * fs, 1e15)) - 1)


def _run_steps(run: Run, skip: int, missing: int, *, joins: bool) -> Iterator[Step]:
    """Yield the messages of a run behind its first rows."""
    starts = run.starts
    first = int(np.searchsorted(starts, skip, "right")) - 1
    known = int(run.skips[first]) + skip - int(starts[first])
    yield Step(Place(*run.places[first].tolist()), known, missing, joins)
    for row in range(first + 1, len(starts)):
        yield Step(Place(*run.places[row].tolist()), int(run.skips[row]), 0)
