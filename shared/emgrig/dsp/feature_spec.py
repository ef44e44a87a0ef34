"""What a feature vector is made of; two vectors may meet only when their specs agree."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, cast

from emgrig.dsp._documents import check_document
from emgrig.dsp.conditioning import Conditioning
from emgrig.errors import ConfigError

__all__ = ["FEATURES", "Engine", "FeatureSpec", "fitting_sub_window"]

FEATURES = ("rms", "mav", "wl")
Engine = Literal["myoverse", "numpy"]
_ENGINES = ("myoverse", "numpy")
_KEYS = {
    "features": list,
    "window_samples": int,
    "sub_window_samples": int,
    "sample_rate_hz": float,
    "n_channels": int,
    "engine": str,
    "conditioning": dict,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSpec:
    """Everything that decides the numbers in a feature vector, and their order.

    A vector is, for each feature in order, for each channel, for each sub-window, one value.

    Attributes:
        window_samples: Length of a window.
        sample_rate_hz: Nominal rate of the stream, Hz.
        n_channels: Channels of the stream.
        features: Some of "rms", "mav", "wl", each once, in the order of the vector.
        sub_window_samples: Length of the sub-windows, which do not overlap (the tail that does
            not fill one is dropped); 0 = the whole window is one.
        engine: Who calculates: "myoverse" (PyTorch) or "numpy".
        conditioning: What was done to the signal before.

    Raises:
        ConfigError: A value out of its range, or a window shorter than a sub-window.
    """

    window_samples: int
    sample_rate_hz: float
    n_channels: int
    features: tuple[str, ...] = FEATURES
    sub_window_samples: int = 32
    engine: Engine = "myoverse"
    conditioning: Conditioning = field(default_factory=Conditioning)

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", tuple(self.features))
        object.__setattr__(self, "sample_rate_hz", float(self.sample_rate_hz))
        self._check_names()
        self._check_sizes()

    @property
    def n_sub_windows(self) -> int:
        """Sub-windows in a window."""
        return self.window_samples // self.sub_window_length

    @property
    def sub_window_length(self) -> int:
        """Samples in a sub-window, also where `sub_window_samples` is 0."""
        return self.sub_window_samples or self.window_samples

    @property
    def n_features(self) -> int:
        """Length of the feature vector: by feature, then by channel, then by sub-window."""
        return len(self.features) * self.n_channels * self.n_sub_windows

    @property
    def id(self) -> str:
        """Stable name of the spec, 16 hex digits.

        The engine is not part of it (the engines agree to 1e-5, proven by a test), so a node
        without PyTorch can serve a model that was trained with MyoVerse.
        """
        document = self.to_dict()
        del document["engine"]
        document["sub_window_samples"] = self.sub_window_length
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `from_dict` reads; it fits JSON and MessagePack."""
        return {**asdict(self), "features": list(self.features)}

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read a document back.

        Raises:
            ConfigError: Unknown or missing keys, or a value of the wrong type or out of range.
        """
        values = check_document(document, _KEYS, "feature spec")
        values["features"] = tuple(values["features"])
        values["conditioning"] = Conditioning.from_dict(values["conditioning"])
        return cls(**values)

    def _check_names(self) -> None:
        is_known = all(name in FEATURES for name in self.features)
        if not (self.features and is_known and len(set(self.features)) == len(self.features)):
            raise ConfigError(
                f"features must be some of {FEATURES}, each once, got {self.features!r}"
            )
        if self.engine not in _ENGINES:
            raise ConfigError(f"engine must be one of {_ENGINES}, got {cast(str, self.engine)!r}")

    def _check_sizes(self) -> None:
        if self.n_channels < 1:
            raise ConfigError(f"n_channels must be at least 1, got {self.n_channels!r}")
        if not 0 < self.sample_rate_hz < float("inf"):
            raise ConfigError(
                f"sample_rate_hz must be above 0, got {self.sample_rate_hz!r}; an irregular "
                "stream can be recorded, but has no windows"
            )
        if self.sub_window_samples < 0:
            raise ConfigError(
                "sub_window_samples must be positive, or 0 for the whole window, got "
                f"{self.sub_window_samples!r}"
            )
        if self.window_samples < max(1, self.sub_window_samples):
            raise ConfigError(
                f"the window must be at least one sub-window of {self.sub_window_samples} samples "
                f"long, got {self.window_samples!r} samples; make the window longer, or set "
                "sub_window_samples lower (0 = the whole window)"
            )


def fitting_sub_window(window_samples: int, sub_window_samples: int) -> int:
    """Return the sub-window to use for a window: 0, the whole, where the window is shorter.

    A stream of 54 Hz has windows of 10 samples; live and in training they are taken whole, with
    the settings that serve 2048 Hz.
    """
    return sub_window_samples if window_samples >= sub_window_samples else 0
