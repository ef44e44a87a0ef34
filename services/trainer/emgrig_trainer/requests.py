"""What a run is asked to do: the documents that the job reads, validated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from emgrig.dsp import FLEXION_CHANNELS, FLEXION_NAMES
from emgrig.errors import RequestError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic import model_validator as validate_model

__all__ = [
    "VHI_STREAM",
    "EvaluateRequest",
    "Request",
    "TargetRequest",
    "TrainRequest",
    "parse",
    "read_document",
]

VHI_STREAM = "vhi_control"

Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class TargetRequest(_Document):
    """What a regression learns.

    Attributes:
        stream: Recorded stream.
        columns: Columns of it; None = all, or the five flexions of ``vhi_control``.
        transform: "abs" or "identity"; None = identity, or abs for ``vhi_control``.
        names: One per column; None = the stream's channel names.
        align: "middle" = mean of `n_align` rows around the window's midpoint; "end" = interpolated
            at the window's last sample; None = end, or middle for ``vhi_control``.
        n_align: Rows in the mean.
    """

    stream: Name
    columns: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)] | None = None
    transform: Literal["abs", "identity"] | None = None
    names: tuple[Name, ...] | None = None
    align: Literal["middle", "end"] | None = None
    n_align: Annotated[int, Field(ge=1, le=100_000)] = 10

    def with_defaults(self) -> Self:
        """Return the request with what is left open filled in, but for columns and names.

        The hand's pose has defaults of its own: they are the rig's contract. Any other target is
        taken at the window's last sample, which is what a live prediction is compared with, and
        reaches the baselines of recorded force and angles, which the middle does not.
        """
        is_pose = self.stream == VHI_STREAM and self.columns is None
        names = FLEXION_NAMES if is_pose and self.names is None else self.names
        return self.model_copy(
            update={
                "columns": FLEXION_CHANNELS if is_pose else self.columns,
                "names": names,
                "transform": self.transform or ("abs" if is_pose else "identity"),
                "align": self.align or ("middle" if self.stream == VHI_STREAM else "end"),
            }
        )


class _SessionsDocument(_Document):
    sessions: Annotated[tuple[Path, ...], Field(min_length=1, max_length=1000)]
    models_dir: Path
    hop_s: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 0.1
    classes: tuple[Name, ...] = ()
    niceness: Annotated[int, Field(ge=0, le=19)] = 0


class TrainRequest(_SessionsDocument):
    """Train one model.

    Attributes:
        sessions: Sessions to learn from.
        models_dir: Where the bundle goes.
        kind: What is learned.
        classes: Names of the classes to keep; empty = all.
        target: What a regression learns; None = the hand's pose.
        window_s: Window length.
        hop_s: From one window to the next.
        features: In the order of the vector.
        sub_window_samples: 0 = the whole window, as where the window is shorter.
        engine: Who calculates features.
        highpass_hz: Corner of the high-pass; 0 = none.
        notch_hz: Centre of the notch; 0 = none.
        iterations: Trees.
        border_count: Values of a feature at which a tree may split.
        seed: Of CatBoost.
        thread_count: Of CatBoost.
        niceness: Of this process, so that a live rig is not slowed down.
    """

    command: Literal["train"] = "train"
    kind: Literal["regression", "classification"] = "regression"
    target: TargetRequest | None = None
    window_s: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 0.2
    features: tuple[Literal["rms", "mav", "wl"], ...] = ("rms", "mav", "wl")
    sub_window_samples: Annotated[int, Field(ge=0, le=65_536)] = 32
    engine: Literal["myoverse", "numpy"] = "myoverse"
    highpass_hz: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    notch_hz: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    iterations: Annotated[int, Field(ge=1, le=100_000)] = 200
    border_count: Annotated[int, Field(ge=1, le=65_535)] = 254
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    thread_count: Annotated[int, Field(ge=1, le=256)] = 2

    @property
    def wanted(self) -> TargetRequest:
        """What a regression learns, with every default that does not need the sessions."""
        return (self.target or TargetRequest(stream=VHI_STREAM)).with_defaults()

    @field_validator("target", mode="before")
    @classmethod
    def _stream_alone(cls, value: Any) -> Any:
        """Take a stream's name for a target with nothing else said about it."""
        return {"stream": value} if isinstance(value, str) else value


class EvaluateRequest(_SessionsDocument):
    """Compare a model with sessions.

    Attributes:
        model_id: The model, in `models_dir`.
        sessions: Sessions to predict.
        hop_s: From one window to the next.
        classes: Names of the classes to keep; empty = all.
        engine: Who calculates features; None = as in training.
        predictions_file: A ``.npz`` for the prediction of every window, labelled or not.
    """

    command: Literal["evaluate"] = "evaluate"
    model_id: Name
    engine: Literal["myoverse", "numpy"] | None = None
    predictions_file: Path | None = None

    @validate_model(mode="after")
    def _one_session_per_file(self) -> Self:
        if self.predictions_file is not None and len(self.sessions) != 1:
            raise ValueError("predictions_file takes one session")
        return self


Request = TrainRequest | EvaluateRequest
_DOCUMENT = TypeAdapter(dict[str, Any])
_ADAPTER: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="command")])


def read_document(text: bytes) -> dict[str, Any]:
    """Read the document of a run; raises RequestError where it is no JSON object."""
    try:
        return _DOCUMENT.validate_json(text)
    except ValidationError as error:
        raise RequestError(f"expected a request as a JSON object, got {text!r:.80}") from error


def parse(document: Mapping[str, Any]) -> Request:
    """Return the request in a document.

    Raises:
        RequestError: With everything that is wrong in it.
    """
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'document'}: {problem['msg']}, "
            f"got {problem['input']!r:.80}"
            for problem in error.errors()
        )
        raise RequestError(
            f"expected a request to train or evaluate, got problems: {problems}"
        ) from error
