"""Smooths the pose on its way to the hand: identity, gaussian or one-euro.

Time comes from the data's stamps, never from the number of calls.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgrig.dsp.filter_settings import FilterKind, FilterSettings

__all__ = ["OutputFilter"]

_NOMINAL_PERIOD_S = 1 / 32
_SHORTEST_PERIOD_S = 1e-6

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


class _Smoother(Protocol):
    """One kind of filter; what it returns where `is_good` is false is not used."""

    def step(self, x: Vector, t_s: float, is_good: Mask, settings: FilterSettings) -> Vector: ...


class OutputFilter:
    """Filters one vector after another; the settings may change at any time.

    A component that is not finite holds its last good output (0 = rest, where there is none) and
    leaves the state of the filter as it was. A vector of another length starts afresh.

    Args:
        settings: Which filter, and its parameters.
    """

    def __init__(self, settings: FilterSettings) -> None:
        self._settings = settings
        self.reset()

    @property
    def settings(self) -> FilterSettings:
        """What is in force."""
        return self._settings

    def update(self, settings: FilterSettings) -> None:
        """Change the parameters, keeping the state; another kind starts afresh."""
        is_other_kind = settings.kind != self._settings.kind
        self._settings = settings
        if is_other_kind:
            self._smoother = _SMOOTHERS[settings.kind]()

    def reset(self) -> None:
        """Forget the past: a new epoch, a new model, or on request."""
        self._smoother = _SMOOTHERS[self._settings.kind]()
        self._held: Vector = np.empty(0)

    def __call__(self, vector: ArrayLike, t_s: float | None = None) -> Vector:
        """Filter the next vector.

        Args:
            vector: (n,), any unit.
            t_s: Time stamp of the data, seconds; None = unknown (1/32 s are taken to have passed).

        Returns:
            (n,), same unit, always finite.
        """
        x = np.array(vector, dtype=np.float64)
        if x.shape != self._held.shape:
            self.reset()
            self._held = np.zeros(x.shape)
        is_good = np.isfinite(x)
        x[~is_good] = np.nan  # arithmetic on infinities warns
        if t_s is None or not math.isfinite(t_s):
            t_s = math.nan
        smoothed = self._smoother.step(x, t_s, is_good, self._settings)
        self._held = np.where(is_good, smoothed, self._held)
        return self._held.copy()


class _Identity:
    """Passes every vector as it is."""

    def step(self, x: Vector, t_s: float, is_good: Mask, settings: FilterSettings) -> Vector:
        return x


class _Gaussian:
    """Weights the last vectors by `exp(-(k - (N - 1))^2 / (2 sigma^2))`, newest k = N - 1.

    Renormalised over what is there: fewer vectors after a start, or missing components.
    """

    def __init__(self) -> None:
        self._recent: deque[Vector] = deque()

    def step(self, x: Vector, t_s: float, is_good: Mask, settings: FilterSettings) -> Vector:
        self._recent.append(np.where(is_good, x, np.nan))
        while len(self._recent) > settings.window:
            self._recent.popleft()
        recent = np.array(self._recent)
        age = np.arange(len(recent) - 1, -1, -1.0)[:, np.newaxis]
        weights = np.exp(-(age**2) / (2 * settings.sigma**2)) * np.isfinite(recent)
        # A component without any good value divides by 1, and is held by the caller.
        total = np.where(is_good, weights.sum(axis=0), 1.0)
        averaged: Vector = (weights * np.nan_to_num(recent)).sum(axis=0) / total
        return averaged


class _OneEuro:
    """Low-pass whose corner rises with speed, per component.

    Source: Casiez, Roussel, Vogel, "1 euro filter", CHI 2012.
    """

    def __init__(self) -> None:
        self._y = self._speed = self._t_s = np.empty(0)

    def step(self, x: Vector, t_s: float, is_good: Mask, settings: FilterSettings) -> Vector:
        if not len(self._y):
            self._y = np.full(x.shape, np.nan)
            self._t_s = np.full(x.shape, np.nan)
            self._speed = np.zeros(x.shape)
        is_first = np.isnan(self._y)
        # Per component, so that one that was held takes the whole time since its last good value.
        elapsed_s = t_s - self._t_s
        dt_s = np.where(
            np.isnan(elapsed_s), _NOMINAL_PERIOD_S, np.maximum(elapsed_s, _SHORTEST_PERIOD_S)
        )
        raw_speed = np.where(is_first, 0.0, (x - self._y) / dt_s)
        share = _smoothing(settings.d_cutoff, dt_s)
        speed = share * raw_speed + (1 - share) * self._speed
        share = _smoothing(settings.min_cutoff + settings.beta * np.abs(speed), dt_s)
        y = np.where(is_first, x, share * x + (1 - share) * self._y)
        self._y = np.where(is_good, y, self._y)
        self._speed = np.where(is_good, speed, self._speed)
        self._t_s = np.where(is_good, t_s, self._t_s)
        return self._y


def _smoothing(cutoff_hz: float | Vector, dt_s: Vector) -> Vector:
    """Return the share of the new value, 0 to 1, in a first-order low-pass."""
    return 1 / (1 + (1 / (2 * math.pi * cutoff_hz)) / dt_s)


_SMOOTHERS: dict[FilterKind, Callable[[], _Smoother]] = {
    "identity": _Identity,
    "gaussian": _Gaussian,
    "one_euro": _OneEuro,
}
