"""What a person can do about models now, and what is done when they do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emgrig.control import trainer_pb2
from emgrig.dsp import FeatureSpec
from emgrig.errors import ConfigError

from emgrig_console.polling import Polled

__all__ = [
    "ModelRow",
    "Predicting",
    "TrainSettings",
    "live_words",
    "model_facts",
    "model_rows",
    "predicting",
    "score_words",
    "target_choices",
    "train_request",
    "why_not_train",
]

EMG = "emg"
"""The stream that is learned from."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What the fields of the panel say; None for one that was emptied.

    Attributes:
        kind: ``regression`` or ``classification``.
        iterations: Trees.
        highpass_hz: 0 = none, None = as live.
        notch_hz: 0 = none, None = as live.
        hop_ms: From one training window to the next.
        window_ms: None = as live.
        sub_window_samples: 0 = the whole window, None = as rig.toml has it.
        target_stream: Stream that a regression learns; empty = as rig.toml has it.
    """

    kind: str
    iterations: float | None
    highpass_hz: float | None
    notch_hz: float | None
    hop_ms: float | None
    window_ms: float | None = None
    sub_window_samples: float | None = None
    target_stream: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether no field is empty that must not be."""
        return None not in (self.iterations, self.hop_ms)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the list of models.

    Attributes:
        model_id: Model.
        words: What it is and how good.
        is_loaded: Whether the predictor has it.
    """

    model_id: str
    words: str
    is_loaded: bool


@dataclass(frozen=True, slots=True)
class Predicting:
    """What the predictor does.

    Attributes:
        words: For people.
        count: Predictions so far; empty where none is made.
        can_switch: Whether it can be switched on or off.
        is_on: Whether it predicts.
        can_go_back: Whether there is an earlier model.
        loaded: Its model; empty for none, None while it does not answer.
    """

    words: str
    count: str = ""
    can_switch: bool = False
    is_on: bool = False
    can_go_back: bool = False
    loaded: str | None = None


def why_not_train(
    settings: TrainSettings,
    sessions: Sequence[object],
    models: Polled,
    *,
    is_training: bool,
    has_class: bool,
) -> str:
    """Return why no training can start now; empty when it can.

    Args:
        settings: As the page has them.
        sessions: Those that are selected.
        models: The trainer's newest answer.
        is_training: A run is under way, whoever began it.
        has_class: A class is selected, or the sessions have none to select from.
    """
    if not models.is_live:
        return "The trainer does not answer: look at Processes."
    if is_training:
        return "A training is under way: wait for it or cancel it."
    if not sessions:
        return "No session is selected: record one, or tick one under Sessions."
    if not has_class:
        return "No class is selected: switch one on under Sessions."
    if not settings.is_complete:
        return "A number under Settings is empty: fill it in."
    return ""


def target_choices(sessions: Sequence[Any]) -> dict[str, str]:
    """Return the streams that can be learned, stream -> words: those that every session has."""
    streams = [set(info.streams) for info in sessions]
    shared = sorted(set.intersection(*streams) - {EMG}) if streams else []
    return {"": "as rig.toml has it"} | {name: name for name in shared}


def live_words(document: object) -> str:
    """Say what the features of the live rig are made of.

    Args:
        document: The feature spec as a features message has it; None where none come.
    """
    if document is None:
        return "Live: no features come, look at Processes and Streams."
    try:
        spec = FeatureSpec.from_dict(document)
    except ConfigError as error:
        return f"Live: not known, {error}"
    window_ms = 1000 * spec.window_samples / spec.sample_rate_hz
    live = spec.conditioning
    return (
        f"Live: {', '.join(spec.features)} of {spec.n_channels} channels, "
        f"window {window_ms:.0f} ms ({spec.window_samples} samples), "
        f"sub-window {spec.sub_window_length} samples, "
        f"high-pass {_hz(live.highpass_hz)}, notch {_hz(live.notch_hz)}."
    )


def _hz(corner_hz: float) -> str:
    return f"{corner_hz:g} Hz" if corner_hz else "none"


def train_request(settings: TrainSettings, sessions: Sequence[str], classes: Sequence[str]) -> Any:
    """Return the message that asks for a run; the settings are complete."""
    return trainer_pb2.TrainRequest(
        sessions=sessions,
        kind=settings.kind,
        classes=classes,
        iterations=int(settings.iterations or 0),
        highpass_hz=settings.highpass_hz,
        notch_hz=settings.notch_hz,
        hop_s=(settings.hop_ms or 0.0) / 1000,
        window_s=None if settings.window_ms is None else settings.window_ms / 1000,
        sub_window_samples=_whole(settings.sub_window_samples),
        target_stream=settings.target_stream if settings.kind == "regression" else "",
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def predicting(predictor: Polled) -> Predicting:
    """Decide from the predictor's newest answer, ``PredictorStatus``."""
    status: Any = predictor.value
    if not predictor.is_live:
        return Predicting("The predictor does not answer: look at Processes.")
    can_go_back = bool(status.previous_model_id)
    if not status.model_id:
        words = "No model is loaded: train one, or load one below."
        return Predicting(words, can_go_back=can_go_back, loaded="")
    return Predicting(
        words=f"Model {status.model_id}",
        count=f"{status.predictions} predictions",
        can_switch=True,
        is_on=bool(status.predicting),
        can_go_back=can_go_back,
        loaded=str(status.model_id),
    )


def model_rows(models: Sequence[Any], loaded: str | None) -> list[ModelRow]:
    """Return the lines for ``ModelInfo`` messages."""
    return [ModelRow(info.model_id, _model_words(info), info.model_id == loaded) for info in models]


def _model_words(info: Any) -> str:
    scores = score_words(json.loads(info.manifest_json))
    if not scores:
        return f"{info.kind}, not validated"
    if info.kind == "classification":
        return f"{info.kind}, accuracy {dict(scores).get('accuracy', 0.0):.2f}"
    return f"{info.kind}, mean R2 {sum(value for _, value in scores) / len(scores):.2f}"


def _learned(manifest: Mapping[str, Any]) -> str:
    streams = [f"{', '.join(one['names'])} of {one['stream']}" for one in manifest["targets"]]
    return "; ".join(streams) or ", ".join(manifest["classes"])


def score_words(manifest: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the scores of a model, each with its name; R2 of a target, or accuracy."""
    scores = manifest.get("validation", {})
    if manifest.get("kind") == "classification":
        pairs = [(name, scores.get(name)) for name in ("accuracy", "balanced_accuracy")]
    else:
        names = [name for target in manifest.get("targets", []) for name in target["names"]]
        pairs = list(zip(names, scores.get("r2_per_target") or [], strict=False))
    return [(name.replace("_", " "), value) for name, value in pairs if value is not None]


def model_facts(info: Any) -> list[str]:
    """Return where a model comes from, one fact a line."""
    manifest = json.loads(info.manifest_json)
    spec, parameters = manifest["feature_spec"], manifest["hyper_parameters"]
    used = ", ".join(use["name"] for use in manifest["sessions"])
    chosen = [f"{key} {value}" for key, value in parameters.items() if value not in ([], None)]
    versions = ", ".join(f"{name} {value}" for name, value in manifest["versions"].items())
    return [
        f"{info.kind}, made {info.created[:19].replace('T', ' ')} UTC",
        f"sessions: {used}",
        f"windows: {manifest['validation'].get('windows_trained', '?')}",
        f"features: {', '.join(spec['features'])}, {spec['n_channels']} channels, "
        f"{spec['window_samples']} samples at {spec['sample_rate_hz']:g} Hz, "
        f"sub-window {spec['sub_window_samples']} samples",
        f"learned: {_learned(manifest)}",
        f"settings: {', '.join(chosen)}",
        f"made with: {versions}",
    ]
