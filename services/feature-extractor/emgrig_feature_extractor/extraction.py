"""Turn windows into feature vectors; the spec follows from each window itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from emgrig.dsp import (
    Conditioning,
    FeatureEngine,
    FeatureSpec,
    feature_engine,
    fitting_sub_window,
)
from emgrig.dsp.feature_spec import Engine
from emgrig.errors import FrameDecodeError
from numpy.typing import NDArray

__all__ = ["Extractor", "Features"]


@dataclass(frozen=True, slots=True)
class Features:
    """A feature vector and what it is made of.

    Attributes:
        vector: (n_features,).
        fields: The header keys of a features message: ``spec_id`` and ``spec``.
    """

    vector: NDArray[np.float32]
    fields: Mapping[str, Any]


class Extractor:
    """Calculates features with one warm engine, made anew when the kind of window changes.

    Args:
        features: Their names, in the order of the vector.
        sub_window_samples: Length of the sub-windows; 0 = the whole window, which is also taken
            where the window is shorter.
        engine: Who calculates.
    """

    def __init__(self, features: list[str], sub_window_samples: int, engine: Engine) -> None:
        self._features = tuple(features)
        self._sub_window_samples = sub_window_samples
        self._engine_name: Engine = engine
        self._kind: tuple[Any, ...] = ()
        self._engine: FeatureEngine | None = None
        self._fields: dict[str, Any] = {}

    def prepare(
        self, n_samples: int, n_channels: int, *, fs: float, conditioning: Mapping[str, Any]
    ) -> FeatureEngine:
        """Return the engine for a kind of window; making one takes up to seconds, once.

        Args:
            n_samples: Length of the window.
            n_channels: Its channels.
            fs: Sample rate, Hz.
            conditioning: ``Conditioning.to_dict()`` of what was done to the signal.

        Raises:
            ConfigError: No feature spec can be made of that, or the engine is not installed.
        """
        # Compared as plain values: making a spec would take longer than the features do.
        kind = (n_samples, n_channels, fs, dict(conditioning))
        if self._engine is None or kind != self._kind:
            spec = FeatureSpec(
                window_samples=n_samples,
                sample_rate_hz=fs,
                n_channels=n_channels,
                features=self._features,
                sub_window_samples=fitting_sub_window(n_samples, self._sub_window_samples),
                engine=self._engine_name,
                conditioning=Conditioning.from_dict(conditioning),
            )
            self._engine = feature_engine(spec)
            self._fields = {"spec_id": spec.id, "spec": spec.to_dict()}
            self._kind = kind
        return self._engine

    def extract(self, window: NDArray[Any], fs: float, conditioning: object) -> Features:
        """Calculate the features of a window.

        Args:
            window: (n_samples, n_channels); what is not finite in it gives features that are not.
            fs: Sample rate, Hz.
            conditioning: The header key of that name.

        Raises:
            FrameDecodeError: Not a window, or no map for the conditioning.
            ConfigError: As for `prepare`.
        """
        if window.ndim != 2 or not isinstance(conditioning, Mapping):
            raise FrameDecodeError(
                "expected a window of (n_samples, n_channels) with a map 'conditioning', got shape "
                f"{window.shape} and {conditioning!r:.80}; update the sender"
            )
        engine = self.prepare(*window.shape, fs=fs, conditioning=conditioning)
        return Features(engine(window), self._fields)
