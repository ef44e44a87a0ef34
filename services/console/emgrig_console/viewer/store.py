"""The newest seconds of EMG, raw and conditioned: written by the bus thread, read by pages."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from emgrig.dsp import gap_threshold_s
from emgrig.messages import Kind, Message
from numpy.typing import NDArray

__all__ = ["Mark", "SampleStore", "Strip", "Track"]

SPAN_S = 30.0
"""What a page can look back on."""
MOST_BYTES = 256 << 20
MOST_MARKS = 1000
SILENT_S = 1.0
FALLBACK_RATE_HZ = 2000.0
"""Only sizes the ring of an irregular stream."""
LOUD_SHARE = 0.999
"""A sample so near the largest value ever seen in an integer format is a cut peak."""


class Mark(NamedTuple):
    """Something that is wrong at a sample.

    Attributes:
        sample: Its number.
        kind: ``gap`` (before it samples are missing), ``clip``, or ``nan`` for what is no number.
        channel: Of a clip or a NaN; -1 for all.
    """

    sample: int
    kind: str
    channel: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of samples.

    Attributes:
        first: Number of the first one since the store began.
        samples: (n_samples, n_channels) float32; a copy.
    """

    first: int
    samples: NDArray[np.float32]


class Track:
    """One version of the signal, such as the raw one.

    Samples are numbered from 0 since the track began; what never came has no number, it is a mark.

    Args:
        fs: Sample rate, Hz.
        n_channels: Channels.
        names: Of the channels; empty where the source gave none.

    Attributes:
        n: Samples taken in so far.
        t_last: LSL clock of the newest one, seconds.
        at: Monotonic seconds at which it came; 0 before the first.
    """

    def __init__(self, fs: float, n_channels: int, names: tuple[str, ...]) -> None:
        self.fs, self.n_channels, self.names = fs, n_channels, names
        most = MOST_BYTES // (4 * max(1, n_channels))
        self._ring = np.zeros((min(most, int(SPAN_S * fs)) or 1, n_channels), np.float32)
        self.n, self.t_last, self.at = 0, 0.0, 0.0
        self.marks: deque[Mark] = deque(maxlen=MOST_MARKS)

    @property
    def capacity(self) -> int:
        """How many samples can be looked back on."""
        return len(self._ring)

    def append(self, samples: NDArray[np.float32], t_last: float, now: float) -> None:
        """Take in samples.

        Args:
            samples: (n_samples, n_channels).
            t_last: LSL clock of the last one, seconds.
            now: Monotonic seconds.
        """
        samples = samples[-self.capacity :]
        at = self.n % self.capacity
        head = min(len(samples), self.capacity - at)
        self._ring[at : at + head] = samples[:head]
        self._ring[: len(samples) - head] = samples[head:]
        self.n += len(samples)
        self.t_last, self.at = t_last, now

    def read(self, first: int, stop: int) -> Strip:
        """Return the samples from ``first`` up to ``stop`` that are still there."""
        stop = min(stop, self.n)
        first = min(stop, max(first, self.n - self.capacity, 0))
        rows = np.arange(first, stop) % self.capacity
        return Strip(first, self._ring[rows])


class SampleStore:
    """The tracks ``raw`` and ``conditioned`` of the one EMG stream; safe for several threads.

    Where two acquirers send, the one that spoke first is shown until it is silent for a second.

    Args:
        clock: Monotonic seconds.
        full_scale: Magnitude from which a sample is clipped, in the stream's units; 0 for none
            but the limits of an integer format.

    Attributes:
        generation: Counts the tracks made: a page that sees another number begins anew.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, full_scale: float = 0.0
    ) -> None:
        self._clock, self._full_scale = clock, full_scale
        self._lock = threading.Lock()
        self._tracks: dict[str, Track] = {}
        self._next: dict[str, int] = {}
        self._form: dict[str, tuple[object, ...]] = {}
        self._source = ("", 0.0)
        self.generation = 0

    def put(self, message: Message) -> None:
        """Take in a chunk or a window of the EMG."""
        if message.data.ndim != 2 or not len(message.data):
            return
        now = self._clock()
        with self._lock:
            source, heard = self._source
            if source and message.source != source and now - heard < SILENT_S:
                return
            self._source = (message.source, now)
            which = "raw" if message.kind == Kind.CHUNK else "conditioned"
            self._put(which, message, now)

    def track(self, which: str) -> Track | None:
        """Return the ``raw`` or the ``conditioned`` track; None while nothing came."""
        with self._lock:
            return self._tracks.get(which)

    def read(self, which: str, first: int, stop: int) -> Strip | None:
        """Return samples of a track, copied; None while nothing came."""
        with self._lock:
            track = self._tracks.get(which)
            return None if track is None else track.read(first, stop)

    def marks(self, which: str, first: int) -> list[Mark]:
        """Return the marks of a track from a sample on."""
        with self._lock:
            track = self._tracks.get(which)
            if track is None:
                return []
            marks = [*track.marks, *self._clips_for(which, track)]
            return [mark for mark in marks if mark.sample >= first]

    def _clips_for(self, which: str, track: Track) -> list[Mark]:
        # A filter hides that a peak was cut: the raw signal's clips stand in the other one too.
        raw = self._tracks.get("raw")
        if which == "raw" or raw is None:
            return []
        shift = track.n - raw.n + round((raw.t_last - track.t_last) * track.fs)
        return [
            mark._replace(sample=mark.sample + shift) for mark in raw.marks if mark.channel >= 0
        ]

    def _put(self, which: str, message: Message, now: float) -> None:
        names = tuple(str(name) for name in message.fields.get("channel_names", ()))
        form = (message.epoch, message.source, message.data.shape[1], message.fs)
        if self._form.get(which) != form:
            fs = message.fs or FALLBACK_RATE_HZ
            self._tracks[which] = Track(fs, message.data.shape[1], names)
            self._form[which] = form
            self._next[which] = message.sample_index
            self.generation += 1
        track = self._tracks[which]
        end = message.sample_index + len(message.data)
        # A window repeats most of the one before; only what is new counts.
        new = message.data[max(0, self._next[which] - message.sample_index) :]
        if message.sample_index > self._next[which] or _is_late(track, message, len(new)):
            track.marks.append(Mark(track.n, "gap", -1))
        self._next[which] = max(end, self._next[which])
        if len(new):
            if which == "raw":
                _mark(track, "clip", _clipped(new, self._full_scale))
                _mark(track, "nan", ~np.isfinite(new))
            track.append(new.astype(np.float32, copy=False), message.t_last, now)


def _is_late(track: Track, message: Message, n_new: int) -> bool:
    """Whether the source left samples out: the acquirer numbers only those that came.

    An irregular stream has no time at which a sample is due.
    """
    if not message.fs:
        return False
    expected_s = track.t_last + n_new / track.fs
    return track.n > 0 and abs(message.t_last - expected_s) > gap_threshold_s(track.fs)


def _clipped(samples: NDArray[Any], full_scale: float) -> NDArray[np.bool_]:
    """Return where samples are cut peaks, (n_samples, n_channels)."""
    limit = full_scale or (
        LOUD_SHARE * np.iinfo(samples.dtype).max if samples.dtype.kind == "i" else np.inf
    )
    loud: NDArray[np.bool_] = np.isfinite(samples) & (np.abs(samples.astype(np.float64)) >= limit)
    return loud


def _mark(track: Track, kind: str, where: NDArray[np.bool_]) -> None:
    for channel in np.flatnonzero(where.any(axis=0)).tolist():
        sample = track.n + int(np.argmax(where[:, channel]))
        track.marks.append(Mark(sample, kind, int(channel)))
