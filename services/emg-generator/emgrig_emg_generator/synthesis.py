"""The signal model: what each class looks like on each channel.

Source of every formula and constant: session-format.md section 9.
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["Synthesis", "class_patterns"]

REST_NOISE = 0.02
ACTIVE_NOISE = 0.15
ENVELOPE_GAIN = 0.15


def class_patterns(n_classes: int, n_channels: int) -> NDArray[np.float64]:
    """Return how strongly each class drives each channel.

    Each active class is a bump over the electrode positions, highest at its own centre.

    Args:
        n_classes: Classes, rest included; at least 2.
        n_channels: Channels; at least 1.

    Returns:
        (n_classes, n_channels), 0 to 1; row 0 (rest) is zeros, the others have maximum 1.
    """
    n_active = n_classes - 1
    positions = np.linspace(0.0, 1.0, n_channels)
    centres = (np.arange(1, n_classes) - 0.5) / n_active
    width = 1 / (1.5 * n_active)
    bumps = np.exp(-((positions - centres[:, np.newaxis]) ** 2) / (2 * width**2))
    patterns = np.zeros((n_classes, n_channels))
    patterns[1:] = bumps / bumps.max(axis=1, keepdims=True)
    return patterns


class Synthesis:
    """Makes EMG, white in time, for whatever class is asked for.

    Args:
        n_channels: Channels.
        n_classes: Classes, rest included.
        multi_dof: The control value is a bit mask of active classes instead of a class number.
        seed: Of the noise; None for another signal every time.
    """

    def __init__(
        self, n_channels: int, n_classes: int, *, multi_dof: bool = False, seed: int | None = None
    ) -> None:
        self._patterns = class_patterns(n_classes, n_channels)
        self._multi_dof = multi_dof
        self._random = np.random.default_rng(seed)

    def active_classes(self, control: float) -> list[int]:
        """Return the classes that a control value stands for; empty is rest.

        Args:
            control: Newest control value. Not finite means rest: it selects nothing.
        """
        if not math.isfinite(control):
            return []
        value = max(0, round(control))  # half to even, as the contract's Python does
        n_active = len(self._patterns) - 1
        if not self._multi_dof:
            return [min(value, n_active)] if value else []
        return [bit + 1 for bit in range(n_active) if value >> bit & 1]

    def chunk(self, n_samples: int, control: float) -> NDArray[np.float32]:
        """Return the next samples.

        Args:
            n_samples: How many.
            control: Newest control value.

        Returns:
            (n_samples, n_channels), arbitrary unit: rest has standard deviation 0.02, a class
            ``sqrt(0.15^2 + p^2)`` around ``0.15 p`` where its pattern is ``p``.
        """
        shape = (n_samples, self._patterns.shape[1])
        noise = self._random.standard_normal(shape, dtype=np.float32)
        active = self.active_classes(control)
        if not active:
            return noise * np.float32(REST_NOISE)
        pattern: NDArray[np.float32] = self._patterns[active].sum(axis=0).astype(np.float32)
        bursts = self._random.standard_normal(shape, dtype=np.float32)
        emg: NDArray[np.float32] = noise * np.float32(ACTIVE_NOISE) + bursts * pattern
        emg += np.float32(ENVELOPE_GAIN) * pattern
        return emg
