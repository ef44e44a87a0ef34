"""What a person can do about models now, and what is done when they do."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emgrig.control import RigClient, trainer_pb2
from emgrig.errors import RequestError

from emgrig_console.jobs import Progress
from emgrig_console.polling import Polled

__all__ = ["TrainSettings", "model_facts", "predict_words", "score_words", "train", "why_not_train"]

STAGES = {"windows": "cutting windows", "validate": "validating", "fit": "fitting", "done": "done"}
STALE_S = 12.0
"""Models are asked for every five seconds."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What the fields of the panel say.

    Attributes:
        kind: ``regression`` or ``classification``.
        iterations: Trees.
        highpass_hz: 0 = none, None = as live.
        notch_hz: 0 = none, None = as live.
        hop_ms: From one training window to the next.
    """

    kind: str
    iterations: int
    highpass_hz: float | None
    notch_hz: float | None
    hop_ms: float


def why_not_train(sessions: Sequence[str], models: Polled, *, is_training: bool) -> str:
    """Return why no training can start now; empty when it can."""
    if models.value is None or models.age_s > STALE_S:
        return "The trainer does not answer: look at Processes."
    if is_training:
        return "A training is under way: wait for it or cancel it."
    if not sessions:
        return "No session is selected: record one, or tick one under Sessions."
    return ""


def train(
    client: RigClient,
    request: Any,
    report: Callable[[Progress], None],
    cancelled: threading.Event,
) -> object:
    """Train and report until the model is there; returns its id.

    Args:
        client: Whose trainer.
        request: ``TrainRequest``.
        report: Told how far it is.
        cancelled: Ends the run.

    Raises:
        RequestError: The trainer refuses, or the run was cancelled.
        PeerError: The trainer does not answer.
    """
    model_id = ""
    for update in client.of("trainer").stream("Trainer.Train", request):
        if cancelled.is_set():
            # Leaving the loop ends the call, and with it the run.
            raise RequestError("expected the training to go on, got a cancel; nothing was written")
        share = update.done / update.total if update.total else None
        words = STAGES.get(update.stage, update.stage)
        report(Progress(share, words, update.remaining_s or None))
        model_id = update.model.model_id or model_id
    return model_id


def train_request(settings: TrainSettings, sessions: Sequence[str], classes: Sequence[str]) -> Any:
    """Return the message that asks for a run."""
    return trainer_pb2.TrainRequest(
        sessions=sessions,
        kind=settings.kind,
        classes=classes,
        iterations=settings.iterations,
        highpass_hz=settings.highpass_hz,
        notch_hz=settings.notch_hz,
        hop_s=settings.hop_ms / 1000,
    )


def predict_words(predictor: Polled) -> tuple[str, bool, bool]:
    """Return what the predictor does, whether it can be switched on, and whether it is on."""
    status = predictor.value
    if status is None or predictor.age_s > 2.5:
        return "The predictor does not answer: look at Processes.", False, False
    if not status.model_id:
        return "No model is loaded: train one, or load one below.", False, False
    words = f"Model {status.model_id}, {status.predictions} predictions"
    return words, True, bool(status.predicting)


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
        f"{spec['window_samples']} samples at {spec['sample_rate_hz']:g} Hz",
        f"settings: {', '.join(chosen)}",
        f"made with: {versions}",
    ]
