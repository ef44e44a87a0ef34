"""Decoder for CatBoost's own format, ``.cbm``."""

import importlib
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from emgrig.errors import BundleError, ConfigError, SpecMismatchError
from emgrig.models.manifest import Manifest

__all__ = ["CatBoostDecoder"]


class CatBoostDecoder:
    """`Decoder` of a CatBoost model.

    A classification's training labels are the manifest's class names, or positions among them.

    Args:
        manifest: What the model is.
        weights: Content of its ``.cbm``.

    Raises:
        BundleError: Weights that are not CatBoost's, or do not fit the manifest.
        ConfigError: CatBoost is not installed.
    """

    def __init__(self, manifest: Manifest, weights: bytes) -> None:
        self._id = manifest.id
        self.n_features = manifest.spec.n_features
        self.output_names = manifest.output_names
        self._model = _load(manifest.id, weights)
        self._kind = "Probability" if manifest.kind == "classification" else "RawFormulaVal"
        self._check_inputs()
        self._columns = self._find_columns()
        self._check_outputs()

    def predict(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Decode one vector; see `Decoder`."""
        self._check_length(features.shape, (self.n_features,))
        # A row of one dimension is half as slow for CatBoost as a table of one row; waking
        # threads takes longer than the work.
        values = self._model.predict(features, prediction_type=self._kind, thread_count=1)
        return self._arrange(np.atleast_1d(values))

    def predict_many(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Decode many vectors; see `Decoder`."""
        self._check_length(features.shape, (len(features), self.n_features))
        if not len(features):
            return np.empty((0, len(self.output_names)), dtype=np.float32)
        values = self._model.predict(features, prediction_type=self._kind)
        return self._arrange(values.reshape(len(features), -1))

    def _arrange(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Put the model's outputs into the manifest's order."""
        if self._columns is None:
            return values.astype(np.float32)
        arranged = np.zeros((*values.shape[:-1], len(self.output_names)), dtype=np.float32)
        arranged[..., self._columns] = values
        return arranged

    def _check_length(self, got: tuple[int, ...], expected: tuple[int, ...]) -> None:
        # CatBoost itself would take a longer vector, and use the first values of it.
        if got != expected:
            raise SpecMismatchError(
                f"expected features of shape {expected} for the model {self._id}, got {got}; "
                "extract the features that it was trained on, or load another model"
            )

    def _check_inputs(self) -> None:
        n_got = len(self._model.feature_names_)
        if n_got != self.n_features:
            raise BundleError(
                f"expected weights for {self.n_features} features as the feature spec of the model "
                f"{self._id} says, got {n_got}; train again"
            )

    def _find_columns(self) -> list[int] | None:
        """Find the manifest's position of each of the model's classes; None = no classes."""
        labels = list(self._model.classes_)
        is_classification = self._kind == "Probability"
        positions = [_position(label, self.output_names) for label in labels]
        if is_classification != bool(labels) or (is_classification and None in positions):
            raise BundleError(
                f"expected weights for the classes {self.output_names if is_classification else []}"
                f" of the model {self._id}, got {labels}; train again"
            )
        return [index for index in positions if index is not None] if is_classification else None

    def _check_outputs(self) -> None:
        """Predict once: finds wrong outputs now, and spares the first live vector the start-up."""
        zeros = np.zeros(self.n_features, dtype=np.float32)
        got = self.predict(zeros).shape
        if got != (len(self.output_names),):
            raise BundleError(
                f"expected weights for the outputs {self.output_names} of the model {self._id}, "
                f"got {got[0]} outputs; train again"
            )


def _position(label: object, names: list[str]) -> int | None:
    """Find a training label, a class name or a position among the names; None = not there."""
    if isinstance(label, str):
        return names.index(label) if label in names else None
    index = int(cast(int, label))
    return index if 0 <= index < len(names) else None


def _load(model_id: str, weights: bytes) -> Any:
    try:
        catboost = importlib.import_module("catboost")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"expected CatBoost for the model {model_id}, got {error}; install emgrig[catboost]"
        ) from error
    model = catboost.CatBoost()
    try:
        model.load_model(blob=weights)
    except catboost.CatBoostError as error:
        raise BundleError(
            f"expected CatBoost weights in the model {model_id}, got {error}; train again"
        ) from error
    return model
