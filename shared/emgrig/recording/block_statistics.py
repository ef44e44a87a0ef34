"""Numbers of a recording, from one second of it after the other; pure and bounded in memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAINS_HZ", "BlockStatistics"]

MAINS_HZ = (50.0, 60.0)
_MAINS_WIDTH_HZ = 1.0
_BAND_HZ = (20.0, 500.0)
"""Where surface EMG has its power. Source: Merletti, Farina (eds.), "Surface Electromyography:
Physiology, Engineering and Applications", Wiley 2016, chapters 2 and 3."""
_RUN = 3
"""Equal samples in a row at an extreme that noise hardly makes."""

type Matrix = NDArray[np.float64]


@dataclass(slots=True)
class _Rows:
    """One row per block, one column per channel."""

    mean: list[Matrix] = field(default_factory=list)
    rms: list[Matrix] = field(default_factory=list)
    top: list[Matrix] = field(default_factory=list)
    n_top: list[Matrix] = field(default_factory=list)


class BlockStatistics:
    """Takes blocks of about a second; each must be contiguous in time.

    Args:
        fs: Sample rate, Hz.
        n_channels: Channels.

    Attributes:
        n_samples: Samples taken.
        n_bad: (n_channels,), samples that are no finite number; zeros stand for them.
    """

    def __init__(self, fs: float, n_channels: int) -> None:
        self._fs = fs
        self._rows = _Rows()
        self._power = np.zeros((len(MAINS_HZ), n_channels))
        self._power_of_band = np.zeros(n_channels)
        self.n_samples = 0
        self.n_bad = np.zeros(n_channels, np.int64)

    def add(self, block: NDArray[np.generic]) -> None:
        """Take a block, (n_samples, n_channels), at least two samples."""
        x = np.asarray(block, np.float64)
        is_good = np.isfinite(x)
        self.n_bad += (~is_good).sum(axis=0)
        x = np.where(is_good, x, 0.0)
        self.n_samples += len(x)
        rows = self._rows
        rows.mean.append(x.mean(axis=0))
        ac = x - rows.mean[-1]
        rows.rms.append(np.sqrt((ac**2).mean(axis=0)))
        magnitude = np.abs(x)
        rows.top.append(magnitude.max(axis=0))
        rows.n_top.append(_in_runs(magnitude == rows.top[-1]))
        self._add_power(ac)

    @property
    def drift(self) -> Matrix:
        """(n_channels,), how far the mean of a second wanders, in typical RMS of the channel."""
        return _ratio(np.std(self._rows.mean, axis=0), np.median(self._rows.rms, axis=0))

    @property
    def rms(self) -> Matrix:
        """(n_channels,), RMS about the mean of each second, in the signal's unit."""
        return np.sqrt(np.mean(np.square(self._rows.rms), axis=0))

    @property
    def floor(self) -> Matrix:
        """(n_channels,), RMS of the quietest tenth of the seconds, in the signal's unit."""
        return np.asarray(np.percentile(self._rows.rms, 10, axis=0))

    @property
    def clipped_share(self) -> Matrix:
        """(n_channels,), share of samples that stand still at the largest value of all, 0 to 1."""
        top, n_top = np.array(self._rows.top), np.array(self._rows.n_top)
        return np.asarray(np.where(top == top.max(axis=0), n_top, 0).sum(axis=0) / self.n_samples)

    @property
    def mains_share(self) -> Matrix:
        """(2, n_channels), share of the EMG band's power within 1 Hz of 50 and of 60 Hz."""
        return _ratio(self._power, self._power_of_band)

    def _add_power(self, ac: Matrix) -> None:
        """Add a Hann periodogram; over equal blocks this is Welch's estimate without overlap."""
        spectrum = np.abs(np.fft.rfft(ac * np.hanning(len(ac))[:, np.newaxis], axis=0)) ** 2
        hz = np.fft.rfftfreq(len(ac), 1 / self._fs)
        inside = (hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1])
        self._power_of_band += spectrum[inside].sum(axis=0)
        for row, mains_hz in enumerate(MAINS_HZ):
            near = inside & (np.abs(hz - mains_hz) <= _MAINS_WIDTH_HZ)
            self._power[row] += spectrum[near].sum(axis=0)


def _in_runs(is_there: NDArray[np.bool_]) -> Matrix:
    """Count, per column, the samples that belong to at least `_RUN` in a row."""
    n = len(is_there) - _RUN + 1
    if n < 1:
        return np.zeros(is_there.shape[1])
    starts = np.all([is_there[k : k + n] for k in range(_RUN)], axis=0)
    member = np.zeros_like(is_there)
    for k in range(_RUN):
        member[k : k + n] |= starts
    return np.asarray(member.sum(axis=0), np.float64)


def _ratio(values: Matrix, by: Matrix) -> Matrix:
    """Divide; nothing by nothing is 0."""
    return np.divide(values, by, out=np.zeros(values.shape), where=by > 0)
