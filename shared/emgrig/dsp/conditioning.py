"""Streaming high-pass and mains notch: causal, per channel, state kept across chunks."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgrig.dsp._documents import check_document
from emgrig.errors import ConfigError

__all__ = ["Conditioner", "Conditioning", "condition_offline"]

# Width of the notch: 50 Hz / 30 = 1.7 Hz at -3 dB, the usual compromise for mains.
_NOTCH_QUALITY = 30.0
_MAX_ORDER = 8
_KEYS = {"highpass_hz": float, "notch_hz": float, "highpass_order": int}


def _signal() -> Any:
    # SciPy's signal package takes half a second to import, and only a rig with a filter needs it.
    from scipy import signal

    return signal


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What is done to raw EMG before it is cut into windows; part of every feature spec.

    Attributes:
        highpass_hz: Corner of a Butterworth high-pass, Hz; 0 = none.
        notch_hz: Centre of a mains notch (quality factor 30), Hz; 0 = none.
        highpass_order: Order of the high-pass, 1 to 8.

    Raises:
        ConfigError: A value out of its range.
    """

    highpass_hz: float = 0.0
    notch_hz: float = 0.0
    highpass_order: int = 4

    def __post_init__(self) -> None:
        for name in ("highpass_hz", "notch_hz"):
            value = float(getattr(self, name))
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"{name} must be 0 (none) or positive, got {value!r} Hz")
            object.__setattr__(self, name, value)  # 20 and 20.0 must give one spec id
        if not 1 <= self.highpass_order <= _MAX_ORDER:
            raise ConfigError(
                f"highpass_order must be between 1 and {_MAX_ORDER}, got {self.highpass_order!r}"
            )

    @property
    def is_identity(self) -> bool:
        """Whether samples pass unchanged."""
        return self.highpass_hz == 0 and self.notch_hz == 0

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `from_dict` reads."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read a document back.

        Raises:
            ConfigError: Unknown or missing keys, or a value of the wrong type or out of range.
        """
        return cls(**check_document(document, _KEYS, "conditioning"))

    def sections(self, fs: float) -> NDArray[np.float64]:
        """Design the second-order sections for one sample rate.

        Args:
            fs: Sample rate, Hz.

        Returns:
            (n_sections, 6); no row when nothing is to be done.

        Raises:
            ConfigError: A frequency that is not below half the sample rate.

        Source: `scipy.signal.butter` and `scipy.signal.iirnotch`.
        """
        parts: list[NDArray[np.float64]] = [np.empty((0, 6))]
        if self.highpass_hz:
            _check_below_nyquist("highpass_hz", self.highpass_hz, fs)
            parts.append(
                _signal().butter(
                    self.highpass_order, self.highpass_hz, "highpass", fs=fs, output="sos"
                )
            )
        if self.notch_hz:
            _check_below_nyquist("notch_hz", self.notch_hz, fs)
            b, a = _signal().iirnotch(self.notch_hz, _NOTCH_QUALITY, fs=fs)
            parts.append(np.concatenate([b, a])[np.newaxis])
        return np.concatenate(parts)


class Conditioner:
    """Applies a `Conditioning` to one stream, chunk by chunk.

    Each run starts from the steady state of each channel's first finite sample, so an amplifier's
    offset leaves no transient. A sample that is not finite comes out as NaN, but the filter goes on
    from the last finite one of its channel: one bad sample does not spoil what follows.

    Args:
        conditioning: What to do.
        fs: Sample rate, Hz.
        n_channels: Channels of every chunk.

    Raises:
        ConfigError: A frequency that is not below half the sample rate.
    """

    def __init__(self, conditioning: Conditioning, fs: float, n_channels: int) -> None:
        self._sections = conditioning.sections(fs)
        self._is_identity = conditioning.is_identity
        sums = self._sections.reshape(-1, 2, 3).sum(axis=2)
        self._gain_of_constant = float(np.prod(sums[:, 0] / sums[:, 1]))
        self._n_channels = n_channels
        self._has_origin: NDArray[np.bool_] = np.zeros(n_channels, np.bool_)
        self._origin: NDArray[np.float64] = np.zeros(n_channels)
        self._held: NDArray[np.float64] = np.zeros(n_channels)
        self._state: NDArray[np.float64] = np.zeros((len(self._sections), 2, n_channels))

    def reset(self) -> None:
        """Forget the past: the next chunk starts a new run (after a gap, in a new epoch)."""
        # Filtering what differs from the first value, from a state of zeros, is the steady state
        # of that value; and zeros stay zeros until a channel has one, however chunks are cut.
        for array in (self._has_origin, self._origin, self._held, self._state):
            array.fill(0)

    def process(self, chunk: ArrayLike) -> NDArray[np.float32]:
        """Condition the next samples of the run.

        Args:
            chunk: (n_samples, n_channels), any numeric type; may be empty.

        Returns:
            (n_samples, n_channels), a copy; same unit.
        """
        samples = np.asarray(chunk, dtype=np.float64)
        if self._is_identity or not len(samples):
            return samples.astype(np.float32)
        is_finite = np.isfinite(samples)
        self._find_origins(samples, is_finite)
        samples = samples - self._origin
        if not is_finite.all():
            samples = _hold_last_finite(samples, is_finite, self._held)
        self._held = samples[-1].copy()
        filtered, self._state = _signal().sosfilt(self._sections, samples, axis=0, zi=self._state)
        filtered += self._gain_of_constant * self._origin
        return np.where(is_finite, filtered, np.nan).astype(np.float32)

    def _find_origins(self, samples: NDArray[np.float64], is_finite: NDArray[np.bool_]) -> None:
        """Begin those channels of the run that have had no finite value so far."""
        if self._has_origin.all():
            return
        begins = is_finite.any(axis=0) & ~self._has_origin
        first = samples[is_finite.argmax(axis=0), np.arange(self._n_channels)]
        self._origin[begins] = first[begins]
        self._has_origin |= begins


def condition_offline(
    emg: NDArray[Any], segments: Iterable[slice], conditioning: Conditioning, fs: float
) -> NDArray[np.float32]:
    """Condition a whole recording as the live path would have.

    Args:
        emg: (n_samples, n_channels), raw.
        segments: Contiguous runs, as `segments` returns them; each starts afresh.
        conditioning: What to do.
        fs: Sample rate, Hz.

    Returns:
        (n_samples, n_channels), same unit; NaN outside the segments.

    Raises:
        ConfigError: A frequency that is not below half the sample rate.
    """
    conditioned = np.full(emg.shape, np.nan, dtype=np.float32)
    conditioner = Conditioner(conditioning, fs, emg.shape[1])
    for segment in segments:
        conditioner.reset()
        conditioned[segment] = conditioner.process(emg[segment])
    return conditioned


def _check_below_nyquist(name: str, frequency_hz: float, fs: float) -> None:
    if not frequency_hz < fs / 2:
        raise ConfigError(
            f"{name} must be below half the sample rate ({fs / 2:g} Hz), got {frequency_hz:g} Hz; "
            "lower it, or set 0 for none"
        )


def _hold_last_finite(
    samples: NDArray[np.float64], is_finite: NDArray[np.bool_], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Replace what is not finite by the last finite value of its channel."""
    padded = np.vstack([before, samples])
    rows = np.arange(1, len(padded))[:, np.newaxis]
    last_finite_row = np.maximum.accumulate(np.where(is_finite, rows, 0), axis=0)
    return np.take_along_axis(padded, last_finite_row, axis=0)
