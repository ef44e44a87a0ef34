"""Decide what becomes of a feature vector: a prediction, a skip or a refusal."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from emgrig.dsp import FeatureSpec
from emgrig.errors import ConfigError, FrameDecodeError, PeerError, SpecMismatchError
from emgrig.models import Bundle, Decoder
from numpy.typing import NDArray

__all__ = ["LoadedModel", "NonFiniteError", "decode", "load"]


class NonFiniteError(PeerError):
    """Raised when features are not all finite numbers."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that is ready to predict.

    Attributes:
        id: Name of the model.
        spec: The features that it was trained on.
        spec_id: Their id.
        targets: Names of what it predicts.
        decoder: Loaded weights, warm.
        kind: ``regression`` or ``classification``.
    """

    id: str
    spec: FeatureSpec
    spec_id: str
    targets: list[str]
    decoder: Decoder
    kind: str = "regression"


def load(bundle: Bundle) -> LoadedModel:
    """Load the weights of a bundle whose hash was verified; the decoder comes warm.

    Raises:
        BundleError: Weights that cannot be loaded or do not fit the manifest.
        ConfigError: The framework is not installed.
    """
    decoder = bundle.decoder()
    manifest = bundle.manifest
    spec = manifest.spec
    return LoadedModel(bundle.id, spec, spec.id, manifest.output_names, decoder, manifest.kind)


def decode(
    model: LoadedModel, features: NDArray[Any], spec_id: object, spec: object
) -> NDArray[np.float32]:
    """Predict from one feature vector.

    Args:
        model: The loaded model.
        features: (n_features,).
        spec_id: The header key of that name.
        spec: The header key of that name, for the words of the error.

    Returns:
        (n_targets,), in the targets' unit; of a classification each class's probability.

    Raises:
        SpecMismatchError: Features that the model was not trained on.
        NonFiniteError: A value that is not a finite number.
        FrameDecodeError: A vector that is not as long as its spec says.
    """
    if spec_id != model.spec_id:
        raise SpecMismatchError(_mismatch(model, spec_id, spec))
    if features.shape != (model.spec.n_features,):
        raise FrameDecodeError(
            f"expected {model.spec.n_features} features as their spec {spec_id} says, got shape "
            f"{features.shape}; update the sender"
        )
    if not np.isfinite(features).all():
        n_bad = int(np.count_nonzero(~np.isfinite(features)))
        raise NonFiniteError(
            f"expected finite features, got {n_bad} of {features.size} that are NaN or infinite; "
            "look for a loose electrode or a saturated channel"
        )
    return model.decoder.predict(features)


def _mismatch(model: LoadedModel, spec_id: object, spec: object) -> str:
    expected = model.spec.to_dict()
    try:
        got = FeatureSpec.from_dict(spec).to_dict()
        differences = ", ".join(
            f"{key} {expected[key]!r} against {got[key]!r}"
            for key in expected
            if key != "engine" and expected[key] != got[key]
        )
    except ConfigError:
        differences = f"{expected!r} against {spec!r:.400}"
    return (
        f"expected features of the spec {model.spec_id} of the model {model.id}, got the spec "
        f"{spec_id}: {differences}; set the acquirer and the feature-extractor as the model was "
        "trained, or train and load a model for these features"
    )
