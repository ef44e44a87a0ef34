"""The feature engine for nodes without PyTorch: the numbers of MyoVerse to 1e-5, by test.

Source of the formulas: MyoVerse 2.0.0, ``myoverse.transforms`` (``RMS``, ``MAV``,
``WaveformLength``).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp._blocks import check_shape, in_blocks
from emgrig.dsp.feature_spec import FeatureSpec

__all__ = ["NumpyEngine"]

Blocks = NDArray[np.float64]


class NumpyEngine:
    """`FeatureEngine` without PyTorch."""

    def __init__(self, spec: FeatureSpec) -> None:
        self.spec = spec
        self._calculations = [_CALCULATIONS[name] for name in spec.features]

    def __call__(self, window: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate one vector; see `FeatureEngine`."""
        check_shape(self.spec, window.shape)
        values: NDArray[np.float32] = self._calculate(window[np.newaxis])[0]
        return values

    def many(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate many vectors; see `FeatureEngine`."""
        return in_blocks(self.spec, windows, self._calculate)

    def _calculate(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        spec = self.spec
        n_used = spec.n_sub_windows * spec.sub_window_length
        # Time last and in double precision: sums run along memory and do not lose digits.
        x = np.array(windows[:, :n_used].transpose(0, 2, 1), dtype=np.float64, order="C")
        x = x.reshape(len(x), spec.n_channels, spec.n_sub_windows, spec.sub_window_length)
        values = np.empty((len(x), spec.n_features), dtype=np.float32)
        by_feature = values.reshape(len(x), len(spec.features), spec.n_channels, spec.n_sub_windows)
        for index, calculate in enumerate(self._calculations):
            by_feature[:, index] = calculate(x)
        return values


def _root_mean_square(x: Blocks) -> Blocks:
    mean_square: Blocks = np.einsum("wcsk,wcsk->wcs", x, x) / x.shape[-1]
    return np.sqrt(mean_square)


def _mean_absolute_value(x: Blocks) -> Blocks:
    mean: Blocks = np.add.reduce(np.abs(x), axis=-1) / x.shape[-1]
    return mean


def _waveform_length(x: Blocks) -> Blocks:
    steps = x[..., 1:] - x[..., :-1]
    length: Blocks = np.add.reduce(np.abs(steps, out=steps), axis=-1)
    return length


_CALCULATIONS: dict[str, Callable[[Blocks], Blocks]] = {
    "rms": _root_mean_square,
    "mav": _mean_absolute_value,
    "wl": _waveform_length,
}
