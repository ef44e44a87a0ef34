"""Read LabRecorder's .xdf files; its streams keep their names, its markers become labels."""

import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyxdf
from emgrig.errors import SessionError
from emgrig.recording.session_meta import declared_rate

from emgrig_operator.datasets import Dataset, Interval, Signal, in_order, median_rate_hz
from emgrig_operator.xdf_bounds import open_whole

__all__ = ["read_xdf"]

# pyxdf reads what is there as it comes; these are its ways to say that it is something else.
_UNREADABLE = (
    *(OSError, EOFError, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, MemoryError, struct.error, ElementTree.ParseError),
)


def read_xdf(path: Path) -> Dataset:
    """Read a file; the EMG is the stream of type EMG, else the numeric one with most samples.

    Time stamps are those of the file with its clock offsets applied, not straightened: what was
    a gap stays a gap.

    Raises:
        SessionError: It is not an XDF file, or has no numeric stream.
    """
    streams = [s for s in _load(path) if len(s["time_stamps"])]
    numeric = [s for s in streams if _is_numeric(s)]
    if not numeric:
        raise SessionError(f"expected a stream of numbers in {path}, got none; record one")
    emg = max(numeric, key=lambda s: (_fact(s, "type").upper() == "EMG", len(s["time_stamps"])))
    signals, dropped = _signals([emg, *(s for s in numeric if s is not emg)])
    times = signals["emg"].timestamps
    if not len(times):
        raise SessionError(f"expected finite time stamps of the EMG in {path}, got none; mend it")
    markers = [s for s in streams if not _is_numeric(s)]
    labels = _labels(markers[0], float(times[-1])) if markers else ()
    facts = {
        "source": path.name,
        "emg_stream": _fact(emg, "name"),
        "dropped_samples": dropped,
        "ignored_markers": [_fact(s, "name") for s in markers[1:]],
    }
    return Dataset(path.stem, signals, (Interval(times[0], times[-1]),), labels, facts)


def _load(path: Path) -> list[Any]:
    try:
        # Opened here: pyxdf does not close a file whose beginning it does not like.
        with open_whole(path) as file, np.errstate(all="ignore"):
            streams, _ = pyxdf.load_xdf(
                file, synchronize_clocks=True, dejitter_timestamps=False, verbose=False
            )
    except _UNREADABLE as error:
        raise SessionError(f"expected an XDF file in {path}, got: {error}; check it") from error
    return list(streams)


def _signals(streams: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Signal], dict[str, int]]:
    """Return the signals, the first one as ``emg``, and how many samples each has lost, if any."""
    signals: dict[str, Signal] = {}
    dropped: dict[str, int] = {}
    for stream in streams:
        name = _free_name(_fact(stream, "name"), signals) if signals else "emg"
        signals[name] = _signal(stream)
        if n := len(stream["time_stamps"]) - len(signals[name].timestamps):
            dropped[name] = n
    return signals, dropped


def _is_numeric(stream: Mapping[str, Any]) -> bool:
    return isinstance(stream["time_series"], np.ndarray)


def _fact(stream: Mapping[str, Any], key: str) -> str:
    values = stream["info"].get(key) or [""]
    return str(values[0] or "")


def _signal(stream: Mapping[str, Any]) -> Signal:
    timestamps = np.asarray(stream["time_stamps"], dtype=np.float64)
    data = np.asarray(stream["time_series"])
    try:
        declared = float(_fact(stream, "nominal_srate") or 0)
    except ValueError:
        declared = 0.0
    fs = declared_rate(declared) or median_rate_hz(timestamps[np.isfinite(timestamps)])
    # A clock that was corrected may step back; samples out of order are left out, not re-timed.
    keep, ordered = in_order(timestamps, fs)
    return Signal(data[keep], ordered, fs, _channel_names(stream, data.shape[1]))


def _channel_names(stream: Mapping[str, Any], n_channels: int) -> tuple[str, ...]:
    try:
        channels = stream["info"]["desc"][0]["channels"][0]["channel"]
        names = tuple(str(channel["label"][0]) for channel in channels)
    except (KeyError, IndexError, TypeError):
        return ()
    return names if len(names) == n_channels else ()


def _free_name(text: str, taken: Mapping[str, Signal]) -> str:
    """A stream name becomes a folder name: lower-case ASCII, unique."""
    stem = re.sub(r"[^a-z0-9_-]+", "_", text.lower()).strip("_-") or "stream"
    names = [stem, *(f"{stem}_{i}" for i in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _labels(stream: Mapping[str, Any], t_end: float) -> tuple[Interval, ...]:
    """A marker holds until the next one; an empty marker ends the one before."""
    times = [float(t) for t in stream["time_stamps"]]
    words = [str(row[0]) for row in stream["time_series"]]
    ends = [*times[1:], max(t_end, times[-1])]
    rows = zip(times, ends, words, strict=True)
    return tuple(Interval(start, end, "", word) for start, end, word in rows if word)
