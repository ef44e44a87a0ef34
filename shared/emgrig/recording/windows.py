"""Cut sessions into training windows; no Python loop runs over windows.

Source of the rules: contracts/numerics.md, "Windows".
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp import window_starts
from emgrig.recording.intervals import Interval, intervals
from emgrig.recording.session_reader import SessionReader
from emgrig.recording.window_batch import WindowBatch, WindowSpec

__all__ = ["iter_aligned_windows", "iter_labeled_windows"]

# A target further away than this says nothing about the window.
MAX_TARGET_DISTANCE_S = 0.1


def iter_aligned_windows(
    session: SessionReader,
    spec: WindowSpec,
    *,
    target: str = "vhi_control",
    n_align: int | None = 10,
    classes: Collection[int] | None = None,
) -> WindowBatch:
    """Cut windows and give each a target: the mean around its midpoint, or the value at its end.

    In the middle it is the mean of `n_align` rows of the target stream, around the one nearest to
    the time of sample ``start + window // 2``; at the end it is interpolated at the last sample.

    Args:
        session: Opened session.
        spec: How to cut.
        target: Stream of kinematics.
        n_align: Rows of it in the mean, at least 1; None for the value at the end.
        classes: Keep windows of which both ends have one of these labels; None keeps all, and
            so does a session without labels.

    Returns:
        The windows; skipped reasons are ``gap``, ``class``, ``no_target`` (none within 100 ms)
        and ``non_finite_target``.

    Raises:
        SessionError: The session has no such stream.
    """
    times = session.timestamps(spec.stream)
    batch = _uninterrupted(session, spec, times)
    if classes is not None and session.labels:
        first = _class_at(session, times, batch.starts)
        last = _class_at(session, times, batch.starts + spec.window_samples - 1)
        batch = batch.select(np.isin(first, [*classes]) & np.isin(last, [*classes]), "class")
    order = np.argsort(session.timestamps(target), kind="stable")
    rows, row_times = session.data(target)[order], session.timestamps(target)[order]
    if not len(rows):
        none = batch.select(np.zeros(len(batch), np.bool_), "no_target")
        return replace(none, targets=np.empty((0, rows.shape[1])))
    if n_align is None:
        wanted = batch.t_last
        found = np.stack([np.interp(wanted, row_times, column) for column in rows.T], axis=1)
    else:
        wanted = times[batch.starts + spec.window_samples // 2]
        found = _means(rows, _nearest(row_times, wanted), n_align)
    is_near = np.abs(row_times[_nearest(row_times, wanted)] - wanted) <= MAX_TARGET_DISTANCE_S
    batch = replace(batch, targets=found).select(is_near, "no_target")
    return batch.select(np.isfinite(found[is_near]).all(axis=1), "non_finite_target")


def iter_labeled_windows(
    session: SessionReader, spec: WindowSpec, *, classes: Collection[int] | None = None
) -> WindowBatch:
    """Cut windows that lie wholly inside one label's interval.

    Args:
        session: Opened session.
        spec: How to cut.
        classes: Keep these classes; None keeps all but -1.

    Returns:
        The windows; skipped reasons are ``unlabelled``, ``class``, ``gap`` and ``label_change``.

    Raises:
        SessionError: The session has no such stream.
    """
    times = session.timestamps(spec.stream)
    found = intervals(session.labels, times)
    skipped = Counter[str]()
    starts = [np.empty(0, np.int64)]
    indices = [np.empty(0, np.int64)]
    for interval in found:
        whole = _n_windows(interval.stop - interval.start, spec)
        reason = _refusal(interval.class_index, classes)
        if reason:
            skipped[reason] += whole
            continue
        inside = _starts(session, spec, times[interval.start : interval.stop]) + interval.start
        skipped["gap"] += whole - len(inside)
        starts.append(inside)
        indices.append(np.full(len(inside), interval.class_index, np.int64))
    skipped.update(_outside(found, len(times), spec))
    return _batch(spec, times, np.concatenate(starts), np.concatenate(indices), skipped)


def _outside(found: list[Interval], n_samples: int, spec: WindowSpec) -> dict[str, int]:
    """Return how many windows lie before the first label, and across the others."""
    within = sum(_n_windows(interval.stop - interval.start, spec) for interval in found)
    before = _n_windows(found[0].start if found else n_samples, spec)
    across = max(0, _n_windows(n_samples, spec) - within - before)
    return {"unlabelled": before, "label_change": across}


def _starts(
    session: SessionReader, spec: WindowSpec, times: NDArray[np.float64]
) -> NDArray[np.int64]:
    return window_starts(
        times,
        session.info(spec.stream).fs,
        window_samples=spec.window_samples,
        hop_samples=spec.hop_samples,
    )


def _uninterrupted(
    session: SessionReader, spec: WindowSpec, times: NDArray[np.float64]
) -> WindowBatch:
    starts = _starts(session, spec, times)
    classes = _class_at(session, times, starts + spec.window_samples // 2)
    skipped = {"gap": _n_windows(len(times), spec) - len(starts)}
    return _batch(spec, times, starts, classes, skipped)


def _batch(
    spec: WindowSpec,
    times: NDArray[np.float64],
    starts: NDArray[np.int64],
    classes: NDArray[np.int64],
    skipped: Mapping[str, int],
) -> WindowBatch:
    # Runs and intervals begin their own grid of hops, so these counts can be off by a few
    # windows per gap in either direction; none is reported below zero.
    counted = {reason: n for reason, n in skipped.items() if n > 0}
    t_last = times[starts + spec.window_samples - 1]
    return WindowBatch(spec, starts, t_last, classes, None, counted)


def _n_windows(n_samples: int, spec: WindowSpec) -> int:
    return max(0, (n_samples - spec.window_samples) // spec.hop_samples + 1)


def _refusal(class_index: int, classes: Collection[int] | None) -> str:
    if class_index < 0:
        return "unlabelled"
    return "class" if classes is not None and class_index not in classes else ""


def _class_at(
    session: SessionReader, times: NDArray[np.float64], samples: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the class of each sample, -1 where no interval is."""
    found = intervals(session.labels, times)
    edges = np.array([interval.start for interval in found], np.int64)
    classes = np.array([-1, *(interval.class_index for interval in found)], np.int64)
    return classes[np.searchsorted(edges, samples, side="right")]


def _nearest(times: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the index of the nearest of ascending times; of two equally near, the earlier."""
    if len(times) < 2:
        return np.zeros(len(wanted), np.int64)
    after = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    before = after - 1
    is_before = wanted - times[before] <= times[after] - wanted
    return np.where(is_before, before, after).astype(np.int64)


def _means(rows: NDArray[Any], centres: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Return the mean of rows ``[centre - n // 2, centre + n - n // 2)`` inside the recording."""
    taken = centres[:, np.newaxis] + np.arange(-(n // 2), n - n // 2)
    is_inside = (taken >= 0) & (taken < len(rows))
    values = rows[np.clip(taken, 0, len(rows) - 1)].astype(np.float64)
    total = np.where(is_inside[..., np.newaxis], values, 0.0).sum(axis=1)
    mean: NDArray[np.float64] = total / is_inside.sum(axis=1)[:, np.newaxis]
    return mean
