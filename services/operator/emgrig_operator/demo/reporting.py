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
    emg_envelope,
    hop_latencies_ms,
    joined,
    usage_of,
)
from emgrig_operator.demo.outcomes import Story, Task, outcome_of
from emgrig_operator.demo.witnessing import Witness

__all__ = ["Plan", "measured", "picture_of", "plain"]

DEFAULT_HOP_SAMPLES = 64
"""Live hop where rig.toml says nothing. Source: design/architecture.md 6."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo does.

    Attributes:
        task: Kind of the model.
        record_hold_s: How long each gesture is shown while recording. No multiple of a twelfth of
            the recording: the trainer holds out whole twelfths, and each must see both gestures.
        predict_hold_s: And while predicting; longer than the hand needs to settle.
        record_rounds: Rest and fist so often while recording.
        predict_rounds: And while predicting.
        training_hop_s: Between two training windows.
        iterations: Trees; the rig's default of 200 would take half of the demo's time.
    """

    task: Task
    record_hold_s: float
    predict_hold_s: float
    record_rounds: int
    predict_rounds: int
    training_hop_s: float
    iterations: int

    def training(self) -> dict[str, Any]:
        """Return the options of the training run; the others are the trainer's own."""
        return {
            "kind": self.task,
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


def measured(story: Story, witness: Witness) -> dict[str, Any]:
    """Return the report's numbers."""
    phase, outcome = story.predicting, outcome_of(story, witness.messages)
    healths = {
        name: _heard(witness.messages[f"health/{name}"], story)
        for name in PROCESSES
        if f"health/{name}" in witness.messages
    }
    cpu_percent, rss_mb = usage_of(healths)
    latency_ms = outcome.latency_ms
    return {
        "task": story.task,
        "session": story.session.path,
        "samples_recorded": story.session.streams["emg"].samples,
        "gaps": story.session.gaps,
        "ledger_balanced": story.session.ledger_balanced,
        "windows_trained": story.trained["windows"],
        **outcome.scores,
        "model_id": story.trained["model_id"],
        "predictions": outcome.n_predictions,
        "prediction_rate_hz": outcome.n_predictions / (phase.t_end - phase.t_start),
        "latency_ms": {"p50": _percentile(latency_ms, 50), "p99": _percentile(latency_ms, 99)},
        "follow": dict(outcome.follow),
        "cpu_percent": cpu_percent,
        "rss_mb": rss_mb,
    }


def picture_of(story: Story, witness: Witness) -> Picture:
    """Return what the picture shows."""
    phase, outcome = story.predicting, outcome_of(story, witness.messages)
    total_ms = outcome.latency_ms
    return Picture(
        title=f"emgrig demo: {outcome.headline}, "
        f"{_percentile(total_ms, 50):.1f} ms (p50) from sample to {outcome.chain_end}",
        envelope=emg_envelope(joined(witness.messages["chunk/emg"], phase.t_start, phase.t_end)),
        control=outcome.control,
        predict=outcome.predicted,
        predict_label=outcome.predicted_label,
        phase=phase,
        rest=story.gestures[0],
        hops_ms=hop_latencies_ms(outcome.timed),
        total_ms=total_ms,
        chain_end=outcome.chain_end,
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


def _heard(messages: Iterable[Message], story: Story) -> list[Message]:
    """Return the messages, which derive from no sample, that arrived in the phase."""
    start_s, end_s = story.predicting_s
    return [m for m in messages if start_s <= m.received_ns * 1e-9 < end_s]


def _percentile(values: NDArray[np.float64], percent: float) -> float:
    return float(np.percentile(values, percent)) if values.size else math.nan
