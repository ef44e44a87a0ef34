"""What a demo's report says, from what happened and what the witness saw; pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from emgrig.config import PROCESSES, Rig
from emgrig.messages import Message
from numpy.typing import NDArray

from emgrig_operator.demo.drawing import Picture
from emgrig_operator.demo.judging import Expectations
from emgrig_operator.demo.measuring import (
    Follow,
    Phase,
    emg_envelope,
    follow_of,
    hop_latencies_ms,
    joined,
    latencies_ms,
    usage_of,
)
from emgrig_operator.demo.witnessing import Witness

__all__ = ["Plan", "Story", "measured", "picture_of", "plain"]

DEFAULT_HOP_SAMPLES = 64
"""Live hop where rig.toml says nothing. Source: design/architecture.md 6."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo does.

    Attributes:
        record_hold_s: How long each gesture is shown while recording. No multiple of a twelfth of
            the recording: the trainer holds out whole twelfths, and each must see both gestures.
        predict_hold_s: And while predicting; longer than the hand needs to settle.
        record_rounds: Rest and fist so often while recording.
        predict_rounds: And while predicting.
        training_hop_s: Between two training windows.
        iterations: Trees; the rig's default of 200 would take half of the demo's time.
    """

    record_hold_s: float
    predict_hold_s: float
    record_rounds: int
    predict_rounds: int
    training_hop_s: float
    iterations: int

    def training(self) -> dict[str, Any]:
        """Return the options of the training run; empty or 0 is the trainer's own."""
        return {
            "kind": "regression",
            "target": "",
            "classes": [],
            "highpass_hz": 0.0,
            "notch_hz": 0.0,
            "iterations": self.iterations,
            "hop_s": self.training_hop_s,
        }

    def expectations(self, rig: Rig, witness: Witness) -> Expectations:
        """Return what must come out of it, at the rate of the EMG that was seen."""
        fs = witness.messages["chunk/emg"][0].fs
        hop = int(rig.tables["emg-acquirer"].get("hop_samples", DEFAULT_HOP_SAMPLES))
        cued_s = 2 * self.record_rounds * self.record_hold_s
        return Expectations(
            samples=cued_s * fs,
            windows=cued_s / self.training_hop_s,
            prediction_rate_hz=fs / hop,
        )


@dataclass(frozen=True, slots=True)
class Story:
    """What happened.

    Attributes:
        session: ``SessionInfo`` of the recording.
        trained: model_id, windows, validation.
        predicting: When what was cued while predicting.
        predicting_s: The same time on the monotonic clock, (start, end).
    """

    session: Any
    trained: Mapping[str, Any]
    predicting: Phase
    predicting_s: tuple[float, float]


def measured(rig: Rig, story: Story, witness: Witness) -> dict[str, Any]:
    """Return the report's numbers."""
    phase, seen = story.predicting, witness.messages
    latency_ms = latencies_ms(_within(seen["pose/hand"], phase))
    n_predictions = len(_within(seen["prediction/hand"], phase))
    follow = _follow(rig, story, witness)
    healths = {name: _heard(seen[f"health/{name}"], story) for name in PROCESSES}
    cpu_percent, rss_mb = usage_of(healths)
    return {
        "session": story.session.path,
        "samples_recorded": story.session.streams["emg"].samples,
        "gaps": story.session.gaps,
        "ledger_balanced": story.session.ledger_balanced,
        "windows_trained": story.trained["windows"],
        "r2_per_dof": story.trained["validation"]["r2_per_target"],
        "model_id": story.trained["model_id"],
        "predictions": n_predictions,
        "prediction_rate_hz": n_predictions / (phase.t_end - phase.t_start),
        "latency_ms": {"p50": _percentile(latency_ms, 50), "p99": _percentile(latency_ms, 99)},
        "follow": {
            "rest_mean": follow.rest_mean,
            "fist_mean": follow.fist_mean,
            "rmse": follow.rmse,
        },
        "cpu_percent": cpu_percent,
        "rss_mb": rss_mb,
    }


def picture_of(rig: Rig, story: Story, witness: Witness) -> Picture:
    """Return what the picture shows."""
    phase, seen = story.predicting, witness.messages
    poses = _within(seen["pose/hand"], phase)
    follow = _follow(rig, story, witness)
    total_ms = latencies_ms(poses)
    return Picture(
        title=f"emgrig demo: the predicted hand differs by {follow.rmse:.3f} (rmse), "
        f"{_percentile(total_ms, 50):.1f} ms (p50) from sample to pose",
        envelope=emg_envelope(joined(seen["chunk/emg"], phase.t_start, phase.t_end)),
        control=follow.control,
        predict=follow.predict,
        phase=phase,
        rest=rig.classes[0],
        hops_ms=hop_latencies_ms(poses),
        total_ms=total_ms,
    )


def plain(value: Any) -> Any:
    """Make JSON of a report: NaN, which JSON does not know, becomes null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value


def _follow(rig: Rig, story: Story, witness: Witness) -> Follow:
    phase, seen = story.predicting, witness.messages
    control = joined(seen["chunk/vhi_control"], phase.t_start, phase.t_end)
    predict = joined(seen["chunk/vhi_predict"], phase.t_start, phase.t_end)
    return follow_of(control, predict, phase, rest=rig.classes[0], fist=rig.classes[1])


def _within(messages: Iterable[Message], phase: Phase) -> list[Message]:
    """Return the messages whose newest sample is in the phase."""
    return [m for m in messages if phase.t_start <= m.t_last < phase.t_end]


def _heard(messages: Iterable[Message], story: Story) -> list[Message]:
    """Return the messages, which derive from no sample, that arrived in the phase."""
    start_s, end_s = story.predicting_s
    return [m for m in messages if start_s <= m.received_ns * 1e-9 < end_s]


def _percentile(values: NDArray[np.float64], percent: float) -> float:
    return float(np.percentile(values, percent)) if values.size else math.nan
