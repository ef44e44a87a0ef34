"""Models in use: features in, predictions out."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emgrig.errors import BundleError
from emgrig.models.manifest import Manifest

__all__ = ["Decoder", "decoder_for"]


class Decoder(Protocol):
    """A loaded model; one vector and many give the same numbers."""

    @property
    def n_features(self) -> int:
        """Length of the vectors that it takes."""
        ...

    @property
    def output_names(self) -> list[str]:
        """Names of what it returns: of the targets, or the classes."""
        ...

    def predict(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Decode one vector with the least delay.

        Args:
            features: (n_features,), finite.

        Returns:
            (n_targets,) in the targets' unit; for a classification the classes' probabilities.

        Raises:
            SpecMismatchError: A vector of another length.
        """
        ...

    def predict_many(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Decode many vectors.

        Args:
            features: (n, n_features), finite.

        Returns:
            (n, n_targets).

        Raises:
            SpecMismatchError: Vectors of another length.
        """
        ...


def decoder_for(manifest: Manifest, weights: bytes) -> Decoder:
    """Make the decoder for the weights' format.

    Args:
        manifest: What the model is.
        weights: Content of the weights' file, its hash checked.

    Raises:
        BundleError: A format that is not known, or weights that do not fit the manifest.
        ConfigError: The framework is not installed.
    """
    suffix = manifest.weights.file.rpartition(".")[2]
    if suffix not in _DECODERS:
        raise BundleError(
            f"expected weights in one of the formats {sorted(_DECODERS)}, got "
            f"{manifest.weights.file!r} (model {manifest.id}); update emgrig, or train again"
        )
    return _DECODERS[suffix](manifest, weights)


def _catboost(manifest: Manifest, weights: bytes) -> Decoder:
    # Imported on demand: nodes that predict with nothing else need no CatBoost.
    from emgrig.models.catboost_decoder import CatBoostDecoder

    return CatBoostDecoder(manifest, weights)


_DECODERS: dict[str, Callable[[Manifest, bytes], Decoder]] = {"cbm": _catboost}
