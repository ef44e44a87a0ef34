"""What came of a demo's predictions, by the kind of model; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from emgrig.messages import Message
from numpy.typing import NDArray

from emgrig_operator.demo.measuring import (
    Phase,
    Trace,
    decision_latencies_ms,
    follow_of,
    joined,
    latencies_ms,
    verdicts_of,
)

__all__ = ["Outcome", "Story", "Task", "outcome_of", "within"]

type Task = Literal["regression", "classification"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened.

    Attributes:
        task: Kind of the model.
        session: ``SessionInfo`` of the recording.
        trained: model_id, windows, validation.
        predicting: When what was cued while predicting.
        predicting_s: The same time on the monotonic clock, (start, end).
        clock_ahead_s: LSL clock less the monotonic clock of this host.
        gestures: Cued, rest first.
    """

    task: Task
    session: Any
    trained: Mapping[str, Any]
    predicting: Phase
    predicting_s: tuple[float, float]
    clock_ahead_s: float
    gestures: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the witness saw of the predictions.

    Attributes:
        n_predictions: How many there were.
        timed: The last messages of the chain, which carry its trace.
        latency_ms: From the window's last sample to the pose, or to the class.
        chain_end: Which of both, in words.
        follow: How well it went, by name.
        scores: What the training said of the model, by name.
        headline: For the picture.
        control: The control hand, 0 to 1.
        predicted: What was predicted, 0 to 1.
        predicted_label: What that is, in words.
    """

    n_predictions: int
    timed: Sequence[Message] = field(repr=False)
    latency_ms: NDArray[np.float64] = field(repr=False)
    chain_end: str
    follow: Mapping[str, float]
    scores: Mapping[str, Any]
    headline: str
    control: Trace = field(repr=False)
    predicted: Trace = field(repr=False)
    predicted_label: str


def outcome_of(story: Story, seen: Mapping[str, Sequence[Message]]) -> Outcome:
    """Return what came of the predictions of a story.

    Args:
        story: What happened.
        seen: Topic -> messages.
    """
    make = _of_regression if story.task == "regression" else _of_classification
    return make(story, seen)


def within(messages: Iterable[Message], phase: Phase) -> list[Message]:
    """Return the messages whose newest sample is in the phase."""
    return [m for m in messages if phase.t_start <= m.t_last < phase.t_end]


def _of_regression(story: Story, seen: Mapping[str, Sequence[Message]]) -> Outcome:
    phase, (rest, fist) = story.predicting, story.gestures
    poses = within(seen["pose/hand"], phase)
    control = joined(seen["chunk/vhi_control"], phase.t_start, phase.t_end)
    predict = joined(seen["chunk/vhi_predict"], phase.t_start, phase.t_end)
    follow = follow_of(control, predict, phase, rest=rest, fist=fist)
    return Outcome(
        n_predictions=len(within(seen["prediction/hand"], phase)),
        timed=poses,
        latency_ms=latencies_ms(poses),
        chain_end="pose",
        follow={
            "rest_mean": follow.rest_mean,
            "fist_mean": follow.fist_mean,
            "rmse": follow.rmse,
        },
        scores={"r2_per_dof": story.trained["validation"]["r2_per_target"]},
        headline=f"the predicted hand differs by {follow.rmse:.3f} (rmse)",
        control=follow.control,
        predicted=follow.predict,
        predicted_label="predicted hand (VHI_Predict)",
    )


def _of_classification(story: Story, seen: Mapping[str, Sequence[Message]]) -> Outcome:
    """Measure the classes against the cues, and the hand, which both of them move."""
    phase, (rest, fist) = story.predicting, story.gestures
    decisions = within(seen["prediction/gesture"], phase)
    control = joined(seen["chunk/vhi_control"], phase.t_start, phase.t_end)
    hand = follow_of(control, control, phase, rest=rest, fist=fist)
    verdicts = verdicts_of(decisions, phase)
    return Outcome(
        n_predictions=len(decisions),
        timed=decisions,
        latency_ms=decision_latencies_ms(decisions, story.clock_ahead_s),
        chain_end="class",
        follow={
            "rest_mean": hand.rest_mean,
            "fist_mean": hand.fist_mean,
            "accuracy": verdicts.accuracy,
            "rejected": verdicts.rejected,
        },
        scores={"accuracy": story.trained["validation"]["accuracy"]},
        headline=f"{100 * verdicts.accuracy:.1f} % of the classes are the cued ones",
        control=hand.control,
        predicted=_probability_of(fist, decisions),
        predicted_label=f"probability of {fist}",
    )


def _probability_of(name: str, decisions: Sequence[Message]) -> Trace:
    values = [
        float(m.data[m.fields["targets"].index(name)]) if name in m.fields["targets"] else 0.0
        for m in decisions
    ]
    return Trace(np.array([m.t_last for m in decisions]), np.array(values))
