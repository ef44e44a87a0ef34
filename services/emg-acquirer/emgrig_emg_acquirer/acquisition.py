"""From raw samples of whatever source is there to numbered chunks and conditioned windows."""

from typing import Any, NamedTuple

import numpy as np
from emgrig.dsp import Conditioning, Window, WindowStream, gap_threshold_s, samples_in
from emgrig.errors import ConfigError
from emgrig.messages import MAX_PAYLOAD_BYTES
from numpy.typing import NDArray

from emgrig_emg_acquirer.clock import ClockMapping
from emgrig_emg_acquirer.monitoring import (
    GapMeter,
    RateMonitor,
    SampleFaults,
    find_sample_faults,
)

__all__ = ["Acquisition", "Batch", "Cut", "Findings"]


class Cut(NamedTuple):
    """How the signal is cut into windows, and what counts as clipped.

    Attributes:
        window_s: Length of a window, seconds.
        hop_samples: Samples between window starts.
        conditioning: What is done to the samples of windows.
        full_scale: Magnitude from which a sample is clipped; 0 for none.
    """

    window_s: float
    hop_samples: int
    conditioning: Conditioning
    full_scale: float = 0.0


class Batch(NamedTuple):
    """What one chunk of raw samples became.

    Attributes:
        sample_index: Index of the first sample since the process began.
        samples: (n_samples, n_channels), raw.
        stamps: (n_samples,), our clock, seconds.
        windows: Windows that these samples completed, finite throughout; start indices count from
            the process's first sample.
        nan_windows: Windows left out because they hold a value that is no finite number.
    """

    sample_index: int
    samples: NDArray[Any]
    stamps: NDArray[np.float64]
    windows: list[Window]
    nan_windows: int


class Findings(NamedTuple):
    """What the monitors found in a batch.

    Attributes:
        gaps_s: Length of each gap before or in it, seconds.
        faults: Values that no electrode gives.
    """

    gaps_s: list[float]
    faults: SampleFaults


class Acquisition:
    """The state of one EMG stream over all its sources.

    Sample indices go on when the source is replaced, also by one of another shape; filters and
    windows begin anew.

    Args:
        cut: How windows are made.

    Attributes:
        clock: Mapping of time stamps.
        rate: Rate monitor of the current source.
        n_samples: Samples so far.
    """

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._stream: WindowStream | None = None
        self._base = 0
        self._gaps = GapMeter()
        self._gap_threshold_s = np.inf
        self.clock = ClockMapping()
        self.rate = RateMonitor(0.0)
        self.n_samples = 0

    @property
    def gaps(self) -> int:
        """Gaps so far, changes of the source included."""
        return self._gaps.gaps

    def begin(self, n_channels: int, rate_hz: float, *, correction_s: float) -> None:
        """Begin with a new source; afterwards it can be taken in, whatever is raised.

        Args:
            n_channels: Its channels.
            rate_hz: Its nominal rate; 0 for irregular: no windows.
            correction_s: What to add to its time stamps.

        Raises:
            ConfigError: Windows or filters as configured are impossible at this rate; there will
                be chunks but no windows.
        """
        self.clock.restart(correction_s)
        self._gaps.interrupt()
        self._gap_threshold_s = gap_threshold_s(rate_hz) if rate_hz else np.inf
        self.rate = RateMonitor(rate_hz)
        self._base = self.n_samples
        self._stream = None
        if rate_hz:
            window_samples = samples_in(self._cut.window_s, rate_hz)
            _check_size(window_samples, n_channels)
            self._stream = WindowStream(
                self._cut.conditioning,
                window_samples=window_samples,
                hop_samples=self._cut.hop_samples,
                fs=rate_hz,
                n_channels=n_channels,
            )

    def take(self, samples: NDArray[Any], raw_stamps: NDArray[np.float64]) -> Batch:
        """Number, stamp and cut the next samples: what is waited for, and nothing else.

        Args:
            samples: (n_samples, n_channels), as the device sends them; n_samples >= 1.
            raw_stamps: (n_samples,), sender's clock, seconds, finite.
        """
        stamps = self.clock.apply(raw_stamps)
        cut = self._stream.push(samples, stamps) if self._stream else []
        good = [
            window._replace(start_index=self._base + window.start_index)
            for window in cut
            if np.isfinite(window.samples).all()
        ]
        batch = Batch(self.n_samples, samples, stamps, good, len(cut) - len(good))
        self.n_samples += len(samples)
        return batch

    def inspect(self, batch: Batch, now_s: float) -> Findings:
        """Let the monitors look at a batch, after its windows have left.

        Args:
            batch: From `take`, each once and in order.
            now_s: When it came, monotonic seconds.
        """
        self.rate.observe(len(batch.samples), now_s)
        return Findings(
            self._gaps.observe(batch.stamps, self._gap_threshold_s),
            find_sample_faults(batch.samples, self._cut.full_scale),
        )


def _check_size(window_samples: int, n_channels: int) -> None:
    n_bytes = window_samples * n_channels * np.dtype(np.float32).itemsize
    if n_bytes > MAX_PAYLOAD_BYTES:
        raise ConfigError(
            f"expected windows of at most {MAX_PAYLOAD_BYTES} bytes, got {window_samples} samples "
            f"of {n_channels} channels = {n_bytes}; make window_s in [emg-acquirer] shorter"
        )
