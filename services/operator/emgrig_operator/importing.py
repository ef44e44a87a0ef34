"""Turn foreign recordings into sessions, one per split."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from emgrig.dsp import gap_threshold_s
from emgrig.errors import RequestError
from emgrig.recording import SESSION_SUFFIX, SessionFacts, SessionWriter
from numpy.typing import NDArray

from emgrig_operator.datasets import Dataset, Signal, read_folder
from emgrig_operator.splitting import TIME_TOLERANCE_S, Part, split_dataset, split_in_time
from emgrig_operator.xdf import read_xdf

__all__ = ["Imported", "gaps_of", "import_recording"]

STORED_DTYPES = frozenset({"float32", "float64", "int8", "int16", "int32", "int64"})
"""What the MyoGestic library opens. Source: contracts/session-format.md 3."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One session that was written.

    Attributes:
        path: The file.
        split: ``train``, ``test`` ...; empty where the source does not split.
        samples: By stream.
        gaps: Of the EMG.
        notes: What of the source is not in it, in words.
    """

    path: Path
    split: str
    samples: dict[str, int]
    gaps: int
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a program."""
        return {
            "path": str(self.path),
            "split": self.split,
            "samples": self.samples,
            "gaps": self.gaps,
            "notes": list(self.notes),
        }


def import_recording(
    source: Path, out: Path, train_fraction: float | None = None
) -> Iterator[Imported]:
    """Write one session per split of a folder or an .xdf file; yield each when it is there.

    Args:
        source: A folder in the layout of `datasets`, or an .xdf file.
        out: Folder for the sessions.
        train_fraction: Cut by time instead, this part of it as ``train``, the rest as ``test``.

    Raises:
        RequestError: It is neither a folder nor an .xdf file.
        SessionError: It cannot be read, or a session cannot be written.
    """
    if source.is_dir():
        dataset = read_folder(source)
    elif source.suffix == ".xdf":
        dataset = read_xdf(source)
    else:
        raise RequestError(f"expected a folder or an .xdf file, got {source}; check the path")
    if train_fraction is not None:
        dataset = split_in_time(dataset, train_fraction)
    parts = split_dataset(dataset)
    notes = _notes(dataset, parts)
    for part in parts:
        yield _write(dataset, part, out, notes)


def gaps_of(signal: Signal) -> list[dict[str, float]]:
    """List the places where time jumps, by the rule that windows follow."""
    times = signal.timestamps
    steps: NDArray[np.float64] = np.diff(times)
    return [
        {
            "after_index": int(i),
            "t_before": float(times[i]),
            "t_after": float(times[i + 1]),
            "seconds": float(steps[i]),
        }
        for i in np.flatnonzero(steps > gap_threshold_s(signal.fs))
    ]


def _write(dataset: Dataset, part: Part, out: Path, notes: tuple[str, ...]) -> Imported:
    stem = "-".join(filter(None, (dataset.name, part.split)))
    gaps = {name: gaps_of(signal) for name, signal in part.signals.items()}
    with SessionWriter(out / f"{stem}{SESSION_SUFFIX}") as writer:
        for name, signal in part.signals.items():
            writer.add_stream(
                name,
                _storable(signal.data),
                timestamps=signal.timestamps,
                fs=signal.fs,
                channel_names=signal.channel_names,
            )
        path = writer.write(_facts(dataset, part, gaps))
    samples = {name: len(signal.timestamps) for name, signal in part.signals.items()}
    return Imported(path, part.split, samples, len(gaps["emg"]), notes)


def _notes(dataset: Dataset, parts: Iterable[Part]) -> tuple[str, ...]:
    dropped = dataset.facts.get("dropped_samples") or {}
    ignored = dataset.facts.get("ignored_markers") or ()
    n_kept = sum(len(part.signals["emg"].timestamps) for part in parts)
    n_left = len(dataset.signals["emg"].timestamps) - n_kept
    return (
        *(f"{n} samples of {name} go back in time: left out" for name, n in dropped.items()),
        *(f"markers {name!r} are ignored: another stream gives the labels" for name in ignored),
        *([f"{n_left} samples of emg are in no split: left out"] if n_left > 0 else ()),
        *(
            f"the segment at {t:g} s follows another one of its split without a gap: windows span "
            "both; leave more than 0.1 s between their time stamps"
            for t in _seams(dataset, parts)
        ),
    )


def _seams(dataset: Dataset, parts: Iterable[Part]) -> list[float]:
    """Return where a segment begins, seconds, that no gap parts from the one before it."""
    found = []
    for times, fs in ((part.signals["emg"].timestamps, part.signals["emg"].fs) for part in parts):
        for segment in dataset.segments[1:]:
            i = int(np.searchsorted(times, segment.t_start - TIME_TOLERANCE_S))
            if 0 < i < len(times) and times[i] - times[i - 1] <= gap_threshold_s(fs):
                found.append(segment.t_start)
    return found


def _facts(dataset: Dataset, part: Part, gaps: Mapping[str, Any]) -> SessionFacts:
    source = {"name": dataset.name, "split": part.split, "facts": dict(dataset.facts)}
    return SessionFacts(
        app_name="emgrig import",
        class_names=part.class_names,
        labels=part.labels,
        extras={"emgrig": {"imported": source, "gaps": dict(gaps)}},
    )


def _storable(data: NDArray[Any]) -> NDArray[Any]:
    return data if data.dtype.name in STORED_DTYPES else data.astype(np.float32)
