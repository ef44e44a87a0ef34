"""The MyoVerse feature engine; imported only where `FeatureSpec.engine` asks for it."""

import importlib
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp._blocks import check_shape, in_blocks
from emgrig.dsp.feature_spec import FeatureSpec
from emgrig.errors import ConfigError

__all__ = ["MyoVerseEngine"]

_TRANSFORMS = {"rms": "RMS", "mav": "MAV", "wl": "WaveformLength"}
_REMEDY = "install emgrig[myoverse] (PyTorch 2.11), or set engine = 'numpy': the same numbers"


class MyoVerseEngine:
    """`FeatureEngine` by MyoVerse's own transforms.

    Raises:
        ConfigError: MyoVerse or PyTorch is missing, or PyTorch has no named tensors any more.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        self.spec = spec
        self._torch: Any = _import("torch")
        if not hasattr(self._torch.Tensor, "names"):
            raise ConfigError(
                f"expected a PyTorch with named tensors, got {self._torch.__version__}; {_REMEDY}"
            )
        transforms = _import("myoverse.transforms")
        self._transforms = [
            getattr(transforms, _TRANSFORMS[name])(window_size=spec.sub_window_length)
            for name in spec.features
        ]
        self._warm_up()

    def __call__(self, window: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate one vector; see `FeatureEngine`."""
        check_shape(self.spec, window.shape)
        # Always a copy: PyTorch warns about the read-only arrays that messages carry.
        channels_first = np.array(window.T, dtype=np.float32, order="C")
        torch = self._torch
        with torch.inference_mode():
            x = torch.from_numpy(channels_first).rename("channel", "time")
            parts = [transform(x).rename(None).reshape(-1) for transform in self._transforms]
            values: NDArray[np.float32] = torch.cat(parts).numpy()
        return values

    def many(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        """Calculate many vectors; see `FeatureEngine`."""
        return in_blocks(self.spec, windows, self._calculate)

    def _calculate(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        channels_first = np.array(windows.transpose(0, 2, 1), dtype=np.float32, order="C")
        torch = self._torch
        with torch.inference_mode():
            x = torch.from_numpy(channels_first).rename("batch", "channel", "time")
            parts = [
                transform(x).rename(None).reshape(len(windows), -1)
                for transform in self._transforms
            ]
            values: NDArray[np.float32] = torch.cat(parts, dim=1).numpy()
        return values

    def _warm_up(self) -> None:
        """Make the first live window as fast as the others, and PyTorch's one warning here."""
        with warnings.catch_warnings():
            # Raised once per process; MyoVerse 2.0.0 is built on it, nothing can be done.
            warnings.filterwarnings("ignore", "Named tensors", UserWarning)
            self(np.zeros((self.spec.window_samples, self.spec.n_channels), dtype=np.float32))


def _import(name: str) -> Any:
    try:
        with warnings.catch_warnings():
            # What these libraries deprecate inside each other is not ours to act on.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"expected {name} for the feature engine 'myoverse', got {error}; {_REMEDY}"
        ) from error
