"""What a foreign recording holds, and how its folder layout is read.

Layout: ``emg.npy`` ``(n_samples, n_channels)`` with ``emg_timestamps.npy`` (seconds),
``kinematics.npy`` with ``kinematics_timestamps.npy`` and/or ``labels.csv`` (t_start, t_end,
label, split), ``segments.csv`` (t_start, t_end, split) and ``meta.json``.
"""

import csv
import json
import math
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from emgrig.dsp import gap_threshold_s
from emgrig.errors import SessionError
from emgrig.messages import MAX_RATE_HZ
from emgrig.recording.session_meta import declared_rate
from numpy.typing import NDArray

__all__ = ["Dataset", "Interval", "Signal", "in_order", "median_rate_hz", "read_folder"]

MAX_TEXT_BYTES = 16 << 20
_MOSTLY = 0.9
"""Share of the steps between time stamps from which their median is a sample period."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One stream of samples.

    Attributes:
        data: ``(n_samples, n_channels)``.
        timestamps: ``(n_samples,)``, float64, seconds, nowhere decreasing.
        fs: Nominal rate, Hz, above 0.
        channel_names: One per channel, or empty.
    """

    data: NDArray[Any]
    timestamps: NDArray[np.float64]
    fs: float
    channel_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time: a contiguous recording, or a gesture.

    Attributes:
        t_start: Seconds, included.
        t_end: Seconds.
        split: ``train``, ``test``, or any other text; may be empty.
        label: Gesture; empty for a recording.
    """

    t_start: float
    t_end: float
    split: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A foreign recording.

    Attributes:
        name: Becomes the first part of the sessions' names.
        signals: By stream name; ``emg`` is there.
        segments: Contiguous recordings in time order, at least one.
        labels: Gestures in time order; may be empty.
        facts: What else the source says (units, device), for the provenance.
    """

    name: str
    signals: Mapping[str, Signal]
    segments: tuple[Interval, ...]
    labels: tuple[Interval, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def median_rate_hz(timestamps: NDArray[np.float64]) -> float:
    """Return the rate of the median step, Hz; 1 where there are no steps.

    Where samples share time stamps, as those of one packet do, it is that of the mean step between
    gaps. Nine digits: the rest is rounding of the time stamps, which would shorten a window by a
    sample, and LSL would not carry it.
    """
    steps: NDArray[np.float64] = np.diff(timestamps)
    if steps.size and np.mean(steps > 0) < _MOSTLY:
        steps = steps[steps <= gap_threshold_s(1e9)]
        step = float(steps.mean()) if steps.size else 0.0
    else:
        step = float(np.median(steps)) if steps.size else 1.0
    return min(float(f"{1 / step:.9g}"), MAX_RATE_HZ) if step > 0 else 1.0


def in_order(
    timestamps: NDArray[np.float64], fs: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell the samples that go back in time from those whose time stamp only jitters.

    Args:
        timestamps: ``(n_samples,)``, seconds.
        fs: Sample rate, Hz, above 0.

    Returns:
        Mask of the samples with a time that is at most the threshold of a gap behind an earlier
        one, and their time stamps: none is before an earlier one.
    """
    is_time = np.isfinite(timestamps)
    latest = np.maximum.accumulate(np.where(is_time, timestamps, -np.inf))
    keep: NDArray[np.bool_] = is_time & (timestamps >= latest - gap_threshold_s(fs))
    return keep, latest[keep]


def read_folder(folder: Path) -> Dataset:
    """Read a folder in the layout above.

    Raises:
        SessionError: Something is missing or does not fit together.
    """
    facts = _facts(folder / "meta.json")
    signals = {"emg": _signal(folder, "emg", facts.get("fs_emg_hz"), facts.get("emg_channels"))}
    if (folder / "kinematics.npy").exists():
        signals["kinematics"] = _signal(folder, "kinematics", None, facts.get("kin_columns"))
    times = signals["emg"].timestamps
    segments = _intervals(folder / "segments.csv") or (Interval(times[0], times[-1]),)
    labels = _intervals(folder / "labels.csv", needs_label=True)
    return Dataset(folder.resolve().name, signals, segments, labels, facts)


def _facts(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        facts = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise SessionError(f"expected JSON in {path}, got: {error}; mend the file") from error
    if not isinstance(facts, dict):
        raise SessionError(f"expected a JSON object in {path}, got {type(facts).__name__}")
    return facts


def _signal(folder: Path, name: str, fs: object, channel_names: object) -> Signal:
    data = _array(folder / f"{name}.npy")
    data = data[:, None] if data.ndim == 1 else data
    timestamps = _array(folder / f"{name}_timestamps.npy").astype(np.float64)
    if data.ndim != 2 or timestamps.shape != (len(data),) or len(data) == 0:
        raise SessionError(
            f"expected samples x channels and as many time stamps in {folder}, "
            f"got {name} {data.shape} and {timestamps.shape}; mend {name}_timestamps.npy"
        )
    if not np.isfinite(timestamps).all():
        raise SessionError(f"expected finite time stamps in {folder / name}_timestamps.npy")
    rate = declared_rate(fs) or median_rate_hz(timestamps)
    timestamps = _ordered(timestamps, rate, folder / f"{name}_timestamps.npy")
    names = tuple(map(str, channel_names)) if isinstance(channel_names, list) else ()
    return Signal(data, timestamps, rate, names if len(names) == data.shape[1] else ())


def _ordered(timestamps: NDArray[np.float64], fs: float, path: Path) -> NDArray[np.float64]:
    keep, ordered = in_order(timestamps, fs)
    if not keep.all():
        raise SessionError(
            f"expected increasing time stamps in {path}, got a step back by more than jitter at "
            f"sample {int(np.argmin(keep))}; sort or mend them"
        )
    if len(ordered) > 1 and ordered[0] == ordered[-1]:
        raise SessionError(
            f"expected increasing time stamps in {path}, got {ordered[0]} s for each of "
            f"{len(ordered)} samples; mend them"
        )
    return ordered


def _array(path: Path) -> NDArray[Any]:
    try:
        # Mapped first: a header that declares more than the file holds is refused without room
        # being made for it.
        array = np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError, OverflowError, tokenize.TokenError) as error:
        raise SessionError(
            f"expected an array in {path}, got: {error}; check the folder"
        ) from error
    if array.dtype.kind not in "fiu":
        raise SessionError(f"expected numbers in {path}, got another content; check the folder")
    return array


def _intervals(path: Path, needs_label: bool = False) -> tuple[Interval, ...]:
    if not path.exists():
        return ()
    found = []
    try:
        for row in csv.DictReader(_text(path).splitlines()):
            found.append(_interval(row, needs_label))
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise SessionError(
            f"expected t_start, t_end{', label' * needs_label} in {path}, "
            f"got {error!r:.200} in line {len(found) + 2}; mend that line"
        ) from error
    return tuple(sorted(found, key=lambda interval: interval.t_start))


def _interval(row: Mapping[str, Any], needs_label: bool) -> Interval:
    t_start, t_end, split = float(row["t_start"]), float(row["t_end"]), row.get("split") or ""
    if not (math.isfinite(t_start) and math.isfinite(t_end)):
        raise ValueError(f"expected times in seconds, got {t_start} and {t_end}")
    return Interval(t_start, t_end, split, str(row["label"]) if needs_label else "")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise SessionError(f"expected at most {MAX_TEXT_BYTES} bytes in {path}, got more")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"expected a readable text in {path}, got: {error}") from error
