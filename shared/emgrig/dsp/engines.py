"""Feature engines: RMS, MAV and waveform length of windows, by MyoVerse or by NumPy."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp.feature_spec import FeatureSpec
from emgrig.dsp.numpy_engine import NumpyEngine

__all__ = ["FeatureEngine", "feature_engine"]


class FeatureEngine(Protocol):
    """Turns windows into feature vectors; live and offline calls give the same numbers."""

    @property
    def spec(self) -> FeatureSpec:
        """What the vectors are made of."""
        ...

    def __call__(self, window: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate one vector with the least delay.

        Args:
            window: (n_samples, n_channels).

        Returns:
            (n_features,).

        Raises:
            SpecMismatchError: A window of another shape than the spec says.
        """
        ...

    def many(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate many vectors, in blocks of bounded memory.

        Args:
            windows: (n_windows, n_samples, n_channels); a strided view will do.

        Returns:
            (n_windows, n_features).

        Raises:
            SpecMismatchError: Windows of another shape than the spec says.
        """
        ...


def feature_engine(spec: FeatureSpec) -> FeatureEngine:
    """Make the engine that the spec names.

    Raises:
        ConfigError: MyoVerse, or the PyTorch that it needs, is not installed.
    """
    if spec.engine == "numpy":
        return NumpyEngine(spec)
    # Imported on demand: PyTorch takes seconds, and most nodes do not have it.
    from emgrig.dsp.myoverse_engine import MyoVerseEngine

    return MyoVerseEngine(spec)
