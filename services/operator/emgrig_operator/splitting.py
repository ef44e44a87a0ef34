"""Cut a foreign recording into one part per split; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from emgrig.errors import SessionError
from numpy.typing import NDArray

from emgrig_operator.datasets import Dataset, Interval, Signal

__all__ = ["TIME_TOLERANCE_S", "Part", "class_names_of", "split_dataset", "split_in_time"]

TIME_TOLERANCE_S = 2e-6
"""The tables print microseconds, rounded; the time stamps beside them are exact."""

REST_NAMES = frozenset({"rest", "neutral", "relax", "no_movement", "none"})

_SPLIT = re.compile(r"[A-Za-z0-9_-]{0,40}")
"""What becomes part of a file's name."""

UNLABELLED = -1
"""Ends a label. Source: contracts/session-format.md 4."""


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one session.

    Attributes:
        split: ``train``, ``test`` ...; empty where the source does not split.
        signals: By stream name; gaps in time are where other splits were.
        labels: (seconds, class index), -1 ends a label.
        class_names: The same for all parts of a recording.
    """

    split: str
    signals: dict[str, Signal]
    labels: list[tuple[float, int]]
    class_names: list[str]


def split_dataset(dataset: Dataset) -> list[Part]:
    """Cut by the split column of the labels and, where a segment has none, by its own.

    Time between two labels of one split goes with them, so that filters run through; time
    between labels of different splits belongs to neither.

    Raises:
        SessionError: A split cannot become part of a file's name.
    """
    names = class_names_of(dataset.labels)
    parts = []
    for split, spans in _spans(dataset).items():
        signals = {name: _cut(signal, spans) for name, signal in dataset.signals.items()}
        if len(signals["emg"].timestamps):
            parts.append(Part(split, signals, _events(dataset.labels, split, spans, names), names))
    return parts


def split_in_time(dataset: Dataset, train_fraction: float) -> Dataset:
    """Declare the first part of the EMG's time ``train`` and the rest ``test``."""
    times = dataset.signals["emg"].timestamps
    cut = float(times[0] + train_fraction * (times[-1] - times[0]))
    after = float(np.nextafter(cut + 2 * TIME_TOLERANCE_S, np.inf))
    segments = (Interval(times[0], cut, "train"), Interval(after, times[-1], "test"))
    labels = tuple(Interval(x.t_start, x.t_end, "", x.label) for x in dataset.labels)
    return Dataset(dataset.name, dataset.signals, segments, labels, dataset.facts)


def class_names_of(labels: Iterable[Interval]) -> list[str]:
    """Return the gestures in order of appearance, rest first: class 0 is rest in this rig."""
    names = list(dict.fromkeys(interval.label for interval in labels))
    return sorted(names, key=lambda name: name.lower() not in REST_NAMES)


def _spans(dataset: Dataset) -> dict[str, list[tuple[float, float]]]:
    """Half-open stretches of time by split."""
    by_label = any(label.split for label in dataset.labels)
    spans: dict[str, list[tuple[float, float]]] = {}
    for segment in dataset.segments:
        own = (segment.t_start - TIME_TOLERANCE_S, segment.t_end + TIME_TOLERANCE_S)
        cut = _label_spans(segment, dataset.labels) or [(segment.split, own)]
        for split, span in cut:
            if _SPLIT.fullmatch(split):
                spans.setdefault(split, []).append(span)
            # Such as "see labels.csv", which then says nothing of this segment: in no split.
            elif not by_label:
                raise SessionError(
                    f"expected a split of letters, digits, - and _, got {split!r:.60} for the "
                    f"segment at {segment.t_start} s of {dataset.name}; rename it"
                )
    return spans


def _label_spans(
    segment: Interval, labels: Iterable[Interval]
) -> list[tuple[str, tuple[float, float]]]:
    """Runs of equal split within one recording; its edges go with the nearest run."""
    inside = [x for x in labels if x.split and segment.t_start <= x.t_start <= segment.t_end]
    runs: list[tuple[str, float, float]] = []
    for label in inside:
        if runs and runs[-1][0] == label.split:
            runs[-1] = (label.split, runs[-1][1], label.t_end)
        else:
            runs.append((label.split, label.t_start, label.t_end))
    if runs:
        runs[0] = (runs[0][0], segment.t_start, runs[0][2])
        # Twice the tolerance: the end of a run is open, the end of a recording is its last sample.
        end = max(runs[-1][2], segment.t_end + 2 * TIME_TOLERANCE_S)
        runs[-1] = (*runs[-1][:2], end)
    return [(split, (a - TIME_TOLERANCE_S, b - TIME_TOLERANCE_S)) for split, a, b in runs]


def _cut(signal: Signal, spans: Iterable[tuple[float, float]]) -> Signal:
    keep: NDArray[np.bool_] = np.zeros(len(signal.timestamps), dtype=bool)
    for start, end in spans:
        first, stop = np.searchsorted(signal.timestamps, (start, end))
        keep[first:stop] = True
    return Signal(signal.data[keep], signal.timestamps[keep], signal.fs, signal.channel_names)


def _events(
    labels: Iterable[Interval], split: str, spans: list[tuple[float, float]], names: list[str]
) -> list[tuple[float, int]]:
    mine = [
        label
        for label in labels
        if label.split == split
        or (not label.split and any(a <= label.t_start < b for a, b in spans))
    ]
    events: list[tuple[float, int]] = []
    for label, following in zip(mine, [*mine, None][1:], strict=True):
        events.append((label.t_start, names.index(label.label)))
        if following is None or following.t_start > label.t_end + TIME_TOLERANCE_S:
            events.append((label.t_end, UNLABELLED))
    return events
