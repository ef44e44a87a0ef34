"""What the feature engines share: the shape check and blocks of bounded memory."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp.feature_spec import FeatureSpec
from emgrig.errors import SpecMismatchError

# Samples per block of `many`: 16 MB as float32, so that its temporaries stay in tens of MB.
_BLOCK_SAMPLES = 4_000_000


def check_shape(spec: FeatureSpec, shape: tuple[int, ...]) -> None:
    """Refuse a window of another shape than the spec says.

    Raises:
        SpecMismatchError: With both shapes.
    """
    if shape != (spec.window_samples, spec.n_channels):
        raise SpecMismatchError(
            f"expected windows of {spec.window_samples} samples x {spec.n_channels} channels, got "
            f"shape {shape}; set the same window and channels here and where windows are made"
        )


def in_blocks(
    spec: FeatureSpec,
    windows: NDArray[Any],
    calculate: Callable[[NDArray[Any]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Calculate many vectors, as many windows at a time as fit a block.

    Args:
        spec: What the vectors are made of.
        windows: (n_windows, n_samples, n_channels).
        calculate: (n, n_samples, n_channels) -> (n, n_features).

    Raises:
        SpecMismatchError: Windows of another shape than the spec says.
    """
    check_shape(spec, windows.shape[1:])
    values = np.empty((len(windows), spec.n_features), dtype=np.float32)
    n_block = max(1, _BLOCK_SAMPLES // (spec.window_samples * spec.n_channels))
    for start in range(0, len(windows), n_block):
        values[start : start + n_block] = calculate(windows[start : start + n_block])
    return values
