"""The one thing to do next: the only accented button of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from emgrig.runtime.supervision import Program

from emgrig_console.summary import ENDED

__all__ = ["Facts", "Step", "next_step"]

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Step(StrEnum):
    """What a button does."""

    START = "start"
    RECORD = "record"
    TRAIN = "train"
    LOAD = "load"
    PREDICT = "predict"
    NONE = "none"
    """Something runs, or the hand follows already."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known now.

    Attributes:
        programs: Of supervisor; empty while it does not answer.
        is_busy: Whether a take, a protocol or a training runs.
        sessions: ``SessionInfo`` of those that training would take, newest first.
        models: ``ModelInfo``, newest first.
        loaded: The model that the predictor has; empty for none, None while it does not answer.
        is_predicting: Whether it predicts.
    """

    programs: Sequence[Program]
    is_busy: bool
    sessions: Sequence[Any]
    models: Sequence[Any]
    loaded: str | None
    is_predicting: bool


def next_step(facts: Facts) -> Step:
    """Decide what comes next in the order of work: start, record, train, load, predict."""
    if any(program.state in ENDED for program in facts.programs):
        return Step.START
    if facts.is_busy:
        return Step.NONE
    if not facts.sessions and not facts.models:
        return Step.RECORD
    # A session that is younger than every model is in none of them.
    newest = max((_when(info.created) for info in facts.models), default=LONG_AGO)
    if any(_when(info.created) > newest for info in facts.sessions):
        return Step.TRAIN
    if not facts.models or facts.loaded is None:
        return Step.NONE
    if facts.loaded != facts.models[0].model_id and not facts.is_predicting:
        return Step.LOAD
    return Step.NONE if facts.is_predicting else Step.PREDICT


def _when(created: str) -> datetime:
    """Return a time that can be compared: sessions carry local time, models UTC."""
    try:
        return datetime.fromisoformat(created).astimezone(UTC)
    except ValueError:
        return LONG_AGO
