"""What a model is, and what it was made from: the document beside the weights."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from emgrig.dsp import FeatureSpec
from emgrig.errors import ConfigError
from emgrig.messages import MAX_WORD

__all__ = ["SAFE_NAME", "Manifest", "ManifestDraft", "SessionUse", "Target", "Weights"]

# One path component that no file system or shell reads anything into: starts with a letter or a
# digit (so neither hidden nor ".."), and has no separator. Nor is it longer than a model's name on
# the wire may be: of a longer one every prediction would be refused.
SAFE_NAME = rf"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_WORD - 1}}}$"
SafeName = Annotated[str, Field(pattern=SAFE_NAME)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Document(BaseModel):
    """A part of the manifest: immutable, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(_Document):
    """Which columns of which stream a model learned.

    Attributes:
        stream: Name of the recorded stream, such as ``vhi_control``.
        columns: Columns of it, in the order of the model's outputs.
        transform: What was done to them: "abs" or "identity".
        names: One name per column.
    """

    stream: Annotated[str, Field(min_length=1)]
    columns: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    transform: Literal["abs", "identity"] = "identity"
    names: tuple[str, ...]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if len(self.names) != len(self.columns):
            raise ValueError(
                f"expected {len(self.columns)} names, one per column, got {self.names}"
            )
        return self

    def apply(self, samples: NDArray[Any]) -> NDArray[np.float32]:
        """Take what the model learns from rows of the stream.

        Args:
            samples: (n, n_channels) of the stream; NaN stays NaN.

        Returns:
            (n, len(columns)).
        """
        chosen: NDArray[np.float32] = samples[:, list(self.columns)].astype(np.float32)
        return np.abs(chosen) if self.transform == "abs" else chosen


class SessionUse(_Document):
    """A session that a model was trained on.

    Attributes:
        name: Name of the session.
        sha256: Hash of its file.
    """

    name: str
    sha256: Sha256


class Weights(_Document):
    """The weights' file.

    Attributes:
        file: Name inside the bundle's folder; its suffix names the framework's format.
        sha256: Hash of the file.
    """

    file: SafeName
    sha256: Sha256


class ManifestDraft(_Document):
    """What the trainer knows of a model before it is saved.

    Attributes:
        kind: "regression" (outputs are the targets) or "classification" (class probabilities).
        feature_spec: `FeatureSpec.to_dict()` of the features that it was trained on.
        targets: What a regression learned; its outputs in this order.
        classes: Class names; for a classification its outputs in this order.
        sessions: What it was trained on.
        hyper_parameters: As given to the framework.
        validation: Metrics on held-out time blocks; JSON values, None for an undefined one.
        versions: Library -> version.

    Raises:
        pydantic.ValidationError: Values that do not fit (a `ValueError`).
    """

    kind: Literal["regression", "classification"]
    feature_spec: dict[str, Any]
    targets: tuple[Target, ...] = ()
    classes: tuple[str, ...] = ()
    sessions: tuple[SessionUse, ...] = ()
    hyper_parameters: dict[str, Any] = Field(default_factory=dict)
    validation: dict[str, Any] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)

    @field_validator("feature_spec")
    @classmethod
    def _check_feature_spec(cls, document: dict[str, Any]) -> dict[str, Any]:
        try:
            FeatureSpec.from_dict(document)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        return document

    @model_validator(mode="after")
    def _check_outputs(self) -> Self:
        names = self.output_names
        if not names or len(set(names)) != len(names):
            what = "targets" if self.kind == "regression" else "classes"
            raise ValueError(f"expected {what} for the {self.kind}, each name once, got {names}")
        return self

    @property
    def spec(self) -> FeatureSpec:
        """The features that the model expects."""
        return FeatureSpec.from_dict(self.feature_spec)

    @property
    def output_names(self) -> list[str]:
        """Names of the model's outputs: of the targets, or the classes."""
        if self.kind == "classification":
            return list(self.classes)
        return [name for target in self.targets for name in target.names]


class Manifest(ManifestDraft):
    """The whole document.

    Attributes:
        id: Name of the model = name of its folder.
        created: When it was saved, with a time zone.
        weights: Its weights.
    """

    id: SafeName
    created: AwareDatetime
    weights: Weights
