"""Settings of the output filter, tunable while it runs."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from emgrig.errors import RequestError

__all__ = ["FilterKind", "FilterSettings"]

FilterKind = Literal["identity", "gaussian", "one_euro"]
_KINDS = ("identity", "gaussian", "one_euro")

# Source: contracts/numerics.md, "Live ranges".
_RANGES = {
    "min_cutoff": (0.01, 10.0, "Hz"),
    "beta": (0.0, 1.0, ""),
    "d_cutoff": (0.01, 10.0, "Hz"),
    "window": (1, 30, "predictions"),
    "sigma": (0.1, 10.0, "predictions"),
}


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """Which filter, and its parameters; those of the other kinds are kept, but not used.

    Attributes:
        kind: "identity", "gaussian" or "one_euro".
        min_cutoff: One-euro: corner at rest, 0.01 to 10 Hz; lower = steadier.
        beta: One-euro: rise of the corner with speed, 0 to 1; higher = less lag.
        d_cutoff: One-euro: corner of the speed's own low-pass, 0.01 to 10 Hz.
        window: Gaussian: predictions that are averaged, 1 to 30.
        sigma: Gaussian: width in predictions, 0.1 to 10.

    Raises:
        RequestError: A value out of its range.
    """

    kind: FilterKind = "one_euro"
    min_cutoff: float = 1.0
    beta: float = 0.02
    d_cutoff: float = 1.0
    window: int = 5
    sigma: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise RequestError(
                f"kind of the output filter must be one of {_KINDS}, got {self.kind!r}"
            )
        for name, (low, high, unit) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise RequestError(
                    f"{name} must be between {low:g} and {high:g} {unit}".rstrip()
                    + f", got {value!r} (output filter)"
                )
        if self.window != int(self.window):
            raise RequestError(f"window must be a whole number of predictions, got {self.window!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return asdict(self)
