"""Cuts a live stream into windows, wherever its chunks happen to end."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgrig.dsp.conditioning import Conditioner, Conditioning
from emgrig.dsp.runs import RunSplitter, check_window
from emgrig.errors import ServiceFault

__all__ = ["Window", "WindowStream", "Windower"]

# Rows kept beyond one window, so that the buffer is moved once in many chunks.
_SLACK_SAMPLES = 4096


class Window(NamedTuple):
    """One window of a stream.

    Attributes:
        start_index: Index of its first sample, counted from the first one ever pushed.
        samples: (window_samples, n_channels), contiguous, a copy.
        t_first: Time stamp of the first sample, seconds.
        t_last: Time stamp of the last sample, seconds.
    """

    start_index: int
    samples: NDArray[np.float32]
    t_first: float
    t_last: float


class Windower:
    """Hands out the windows of `window_starts`, each as soon as its last sample is there.

    Args:
        window_samples: Length of a window.
        hop_samples: Samples between starts; may be longer than a window.
        fs: Sample rate, Hz, above 0.
        n_channels: Channels of every chunk.

    Raises:
        ConfigError: A rate, window or hop that is not positive.
    """

    def __init__(
        self, window_samples: int, hop_samples: int, *, fs: float, n_channels: int
    ) -> None:
        check_window(window_samples, hop_samples)
        self._window = window_samples
        self._hop = hop_samples
        self._splitter = RunSplitter(fs)
        capacity = window_samples + _SLACK_SAMPLES
        self._samples = np.empty((capacity, n_channels), dtype=np.float32)
        self._stamps = np.empty(capacity, dtype=np.float64)
        self._filled = 0
        # Sample index of the buffer's row 0, and the buffer row where the next window starts
        # (beyond the filled rows when the hop is longer than the window).
        self._base = 0
        self._next = 0

    def push(self, samples: ArrayLike, timestamps: ArrayLike) -> list[Window]:
        """Take the next samples and return the windows that they complete.

        Args:
            samples: (n_samples, n_channels), any numeric type.
            timestamps: (n_samples,), seconds.

        Raises:
            ServiceFault: Shapes that do not belong together; the edge should have refused them.
        """
        rows, stamps = _as_chunk(samples, timestamps, self._samples.shape[1])
        windows: list[Window] = []
        for piece, begins_run in self._splitter.split(stamps):
            if begins_run:
                self._begin_run()
            self._append(rows[piece], stamps[piece], windows)
        return windows

    def _begin_run(self) -> None:
        self._base += self._filled
        self._filled = self._next = 0

    def _append(
        self, rows: NDArray[Any], stamps: NDArray[np.float64], windows: list[Window]
    ) -> None:
        """Copy one run's rows in, as many at a time as there is room for."""
        while len(rows):
            if self._filled == len(self._samples):
                self._drop_used()
            n = min(len(rows), len(self._samples) - self._filled)
            end = self._filled + n
            self._samples[self._filled : end] = rows[:n]
            self._stamps[self._filled : end] = stamps[:n]
            self._filled = end
            rows, stamps = rows[n:], stamps[n:]
            while self._next + self._window <= self._filled:
                windows.append(self._cut())

    def _cut(self) -> Window:
        start, end = self._next, self._next + self._window
        self._next += self._hop
        return Window(
            self._base + start,
            self._samples[start:end].copy(),
            float(self._stamps[start]),
            float(self._stamps[end - 1]),
        )

    def _drop_used(self) -> None:
        """Move what later windows still need to the front of the buffer."""
        used = min(self._next, self._filled)
        kept = self._filled - used
        # Through a copy: source and target overlap when little was used.
        self._samples[:kept] = self._samples[used : self._filled].copy()
        self._stamps[:kept] = self._stamps[used : self._filled].copy()
        self._base += used
        self._next -= used
        self._filled = kept


class WindowStream:
    """Conditions and windows a live stream; a gap resets both.

    Equal, for any chunking, to `condition_offline` over `segments` cut at `window_starts`.

    Args:
        conditioning: What is done before windowing.
        window_samples: Length of a window.
        hop_samples: Samples between starts.
        fs: Sample rate, Hz, above 0.
        n_channels: Channels of every chunk.

    Raises:
        ConfigError: A rate, window or hop that is not positive, or a filter frequency that is not
            below half the sample rate.
    """

    def __init__(
        self,
        conditioning: Conditioning,
        *,
        window_samples: int,
        hop_samples: int,
        fs: float,
        n_channels: int,
    ) -> None:
        self.conditioning = conditioning
        self._n_channels = n_channels
        self._conditioner = Conditioner(conditioning, fs, n_channels)
        self._splitter = RunSplitter(fs)
        self._windower = Windower(window_samples, hop_samples, fs=fs, n_channels=n_channels)

    def push(self, samples: ArrayLike, timestamps: ArrayLike) -> list[Window]:
        """Take the next raw samples and return the conditioned windows that they complete.

        Args:
            samples: (n_samples, n_channels), any numeric type.
            timestamps: (n_samples,), seconds.

        Raises:
            ServiceFault: Shapes that do not belong together; the edge should have refused them.
        """
        rows, stamps = _as_chunk(samples, timestamps, self._n_channels)
        if self.conditioning.is_identity:  # spares the hot path half of its work
            return self._windower.push(rows, stamps)
        conditioned = np.empty(rows.shape, dtype=np.float32)
        for piece, begins_run in self._splitter.split(stamps):
            if begins_run:
                self._conditioner.reset()
            conditioned[piece] = self._conditioner.process(rows[piece])
        return self._windower.push(conditioned, stamps)


def _as_chunk(
    samples: ArrayLike, timestamps: ArrayLike, n_channels: int
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Check a chunk's shapes, because NumPy would broadcast one channel into eight."""
    rows = np.asarray(samples)
    stamps = np.asarray(timestamps, dtype=np.float64)
    if rows.shape != (len(stamps), n_channels):
        raise ServiceFault(
            f"expected a chunk of shape {(len(stamps), n_channels)} for {len(stamps)} time stamps, "
            f"got {rows.shape}"
        )
    return rows, stamps
