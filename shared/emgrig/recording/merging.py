"""Put the messages of a stream into order; two acquirers of one stream become one, each row once.

With one source the order is (epoch, sample index). With two (``redundancy = 2``) each source's
messages are divided into runs without a hole, and the runs cover the time greedily: one source is
followed until it has a hole, then the run that continues there and lasts longest. What they have in
common is taken once. Times are those of the source's clock, on which all agree; where that clock
goes back an era ends, and eras are covered one after the other, so no step of a clock loses rows.
Whoever was dead when the clock went back sees no more than a hole, so eras are numbered over all
sources, in the order of the journal. A step that nobody lived to see is a hole like any other.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp import gap_threshold_s
from emgrig.recording.places import TICK_S, Place, TopicIndex

__all__ = ["Step", "count_rows", "steps"]

_EPOCH, _FIRST, _N, _SEGMENT, _OFFSET, _T_FIRST, _T_LAST = range(7)
_NEVER = float("-inf")


class Step(NamedTuple):
    """The next message and what of it is new.

    Attributes:
        place: Where it is.
        skip: Leading rows that are known by their number.
        missing: Rows that are lost just before.
        after: Rows up to this time of the source's clock are known too, seconds.
        joins: It continues another run without a hole.
    """

    place: Place
    skip: int
    missing: int
    after: float = _NEVER
    joins: bool = False


class _Run(NamedTuple):
    """Messages of one source that follow each other without a hole.

    Attributes:
        t_first: Time of the first row, ticks.
        t_last: Time of the last row, ticks.
        start: First row in the table of messages.
        stop: Behind the last one.
        owner: Number of its source.
        goes_back: Whether the source's clock went back just before it.
        at: Segment and byte of the first message.
        last_at: The same of the last one.
    """

    t_first: int
    t_last: int
    start: int
    stop: int
    owner: int
    goes_back: bool
    at: tuple[int, int]
    last_at: tuple[int, int]


def steps(index: TopicIndex, fs: float) -> Iterator[Step]:
    """Yield the messages of a stream in the order of its rows.

    Args:
        index: Its messages.
        fs: Declared rate, Hz; 0 for vectors and irregular streams, which have one source.
    """
    table = index.table()
    sources = [source for source, _ in index.epochs]
    skips, missing = _numbers(table)
    is_new = skips < table[:, _N]
    table, skips, missing = table[is_new], skips[is_new], missing[is_new]
    if len(set(sources)) < 2 or fs <= 0:
        for row in range(len(table)):
            yield Step(Place(*table[row].tolist()), int(skips[row]), int(missing[row]))
        return
    for run, t_end in _cover(_runs(table, missing, sources, fs), fs):
        yield from _run_steps(table, (skips, missing), run, t_end, fs)


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


def _runs(
    table: NDArray[np.int64], missing: NDArray[np.int64], sources: list[str], fs: float
) -> list[_Run]:
    threshold = gap_threshold_s(fs) / TICK_S
    owners = np.unique(sources, return_inverse=True)[1][table[:, _EPOCH]]
    found = []
    for owner in np.unique(owners).tolist():
        rows = np.flatnonzero(owners == owner)
        own = table[rows]
        newest = np.maximum(own[:-1, _T_FIRST], own[:-1, _T_LAST])
        goes_back = own[1:, _T_FIRST] < newest - threshold
        breaks = goes_back | (own[1:, _T_FIRST] > own[:-1, _T_LAST] + threshold)
        breaks |= (missing[rows[1:]] > 0) | (np.diff(own[:, _EPOCH]) != 0)
        starts = np.concatenate(([0], np.flatnonzero(breaks) + 1))
        is_back = np.concatenate(([False], goes_back))[starts]
        stops = np.append(starts[1:], len(rows))
        for start, stop, back in zip(
            starts.tolist(), stops.tolist(), is_back.tolist(), strict=True
        ):
            times = int(own[start, _T_FIRST]), int(own[stop - 1, _T_LAST])
            # An epoch is contiguous in the table, and a run lies in one epoch.
            first = int(rows[start])
            at, last_at = map(tuple, own[[start, stop - 1], _SEGMENT : _OFFSET + 1].tolist())
            found.append(_Run(*times, first, first + stop - start, owner, back, at, last_at))
    return found


def _eras(runs: list[_Run], fs: float) -> list[list[_Run]]:
    """Return the runs between two steps back of the source's clock, era by era."""
    slack = gap_threshold_s(fs) / TICK_S
    eras: list[list[_Run]] = [[]]
    newest: dict[int, tuple[int, _Run]] = {}
    for run in sorted(runs, key=lambda run: run.at):
        lowest, before = newest.get(run.owner, (0, run))
        lowest += run.goes_back
        later = range(len(eras) - 1, max(0, lowest - 1), -1)
        # Another source may have seen the step already.
        era = next((k for k in later if run.t_first >= eras[k][0].t_first - slack), lowest)
        if era == len(eras):
            came = [one for one in eras[-1] if _is_behind(one, before, run, slack)]
            eras[-1] = [one for one in eras[-1] if one not in came]
            eras.append(came)
        eras[era].append(run)
        newest[run.owner] = era, run
    return eras


def _is_behind(one: _Run, before: _Run, after: _Run, slack: float) -> bool:
    """Tell whether a run of another source, which came just then, is behind the same step."""
    is_then = before.last_at < one.at < after.at
    return is_then and one.t_first - slack <= after.t_first <= one.t_last + slack


def _cover(runs: list[_Run], fs: float) -> Iterator[tuple[_Run, float]]:
    """Yield (run, time up to which the rows are known, ticks) in order."""
    half, step = 0.5 / fs / TICK_S, 1.5 / fs / TICK_S
    for era in _eras(runs, fs):
        waiting = sorted(era, reverse=True)
        t_end = _NEVER
        while waiting:
            best = waiting.pop()
            while waiting and waiting[-1].t_first <= t_end + step:
                best = max(best, waiting.pop(), key=lambda run: run.t_last)
            if best.t_last > t_end + half:
                yield best, t_end
                t_end = best.t_last


def _run_steps(
    table: NDArray[np.int64],
    numbers: tuple[NDArray[np.int64], NDArray[np.int64]],
    run: _Run,
    t_end: float,
    fs: float,
) -> Iterator[Step]:
    half, step = 0.5 / fs / TICK_S, 1.5 / fs / TICK_S
    skips, missing = numbers
    is_new = table[run.start : run.stop, _T_LAST] > t_end + half
    start = run.start + int(np.argmax(is_new))
    hole = max(run.t_first, t_end) - t_end
    joins = hole <= step
    # Of what its source lost, the other one may have had a part.
    lost = 0 if joins else min(int(missing[start]), round(min(hole * TICK_S * fs, 1e15)) - 1)
    known_until = (t_end + half) * TICK_S
    yield Step(Place(*table[start].tolist()), int(skips[start]), lost, known_until, joins)
    for row in range(start + 1, run.stop):
        yield Step(Place(*table[row].tolist()), int(skips[row]), 0)
