"""The output filter's parameters, and the delay that it costs."""

import math
from dataclasses import dataclass
from typing import Any

from emgrig_console.polling import Polled
from emgrig_console.summary import age_words

__all__ = ["DEFAULTS", "PARAMETERS", "Parameter", "delay_ms", "delay_words", "old_words"]

USUAL_RATE_HZ = 32.0
"""Poses a second at the default hop of the live rig, while none is measured."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One slider.

    Attributes:
        slug: In ids.
        kind: Filter that it belongs to.
        words: For people.
        unit: Of the value.
        low: Least value. Source: contracts/numerics.md, "Live ranges".
        high: Largest value.
        step: Of the slider.
    """

    slug: str
    kind: str
    words: str
    unit: str
    low: float
    high: float
    step: float


PARAMETERS = {
    "min_cutoff_hz": Parameter(
        "min-cutoff", "one_euro", "Steadiness at rest (cut-off)", "Hz", 0.01, 10, 0.01
    ),
    "beta": Parameter("beta", "one_euro", "Speed follows (beta)", "", 0, 1, 0.005),
    "d_cutoff_hz": Parameter("d-cutoff", "one_euro", "Cut-off of the speed", "Hz", 0.01, 10, 0.01),
    "window": Parameter("window", "gaussian", "Window", "poses", 1, 30, 1),
    "sigma": Parameter("sigma", "gaussian", "Width (sigma)", "poses", 0.1, 10, 0.1),
}
DEFAULTS: dict[str, Any] = {
    "kind": "one_euro",
    "min_cutoff_hz": 1.0,
    "beta": 0.02,
    "d_cutoff_hz": 1.0,
    "window": 5,
    "sigma": 1.0,
}
"""Source: contracts/numerics.md, output filters."""


def delay_ms(settings: Any, rate_hz: float) -> float:
    """Return what the filter costs a slow movement, ms.

    A one-euro filter at rest is a first-order low-pass: its delay of slow changes is its time
    constant, 1 / (2 pi f_c). Source: Casiez, Roussel, Vogel, CHI 2012, equation 5. The
    gaussian weights the newest poses of its window by their distance from the newest one, so its
    delay is their mean age.

    Args:
        settings: ``OutputFilter``.
        rate_hz: Poses a second, as measured; 0 while none is.
    """
    if settings.kind == "one_euro":
        return 1000 / (2 * math.pi * float(settings.min_cutoff_hz))
    if settings.kind == "gaussian":
        weights = [math.exp(-0.5 * (k / settings.sigma) ** 2) for k in range(settings.window)]
        mean_age = sum(k * w for k, w in enumerate(weights)) / sum(weights)
        return 1000 * mean_age / (rate_hz or USUAL_RATE_HZ)
    return 0.0


def delay_words(settings: Any, rate_hz: float) -> str:
    """Return that delay in words."""
    words = f"Costs about {delay_ms(settings, rate_hz):.0f} ms"
    return f"{words} at rest, less in motion" if settings.kind == "one_euro" else words


def old_words(hand: Polled) -> str:
    """Say that the sliders show nothing that is live, while the bridge does not answer.

    Args:
        hand: ``HandStatus``.
    """
    words = "The bridge does not answer: look at Processes."
    if hand.value is None:
        return words
    return f"{words} The values below are {age_words(hand.age_s)} old."
