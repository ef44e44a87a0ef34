"""One button at a time, in the order of work."""

from typing import Any

import pytest
from emgrig.control import recorder_pb2, trainer_pb2
from emgrig_console.next_step import Facts, Step, next_step

from tests.unit.console.polled import program

# Sessions carry local time, models UTC; a day apart, whatever the zone.
OLD = recorder_pb2.SessionInfo(session="s1", created="2026-01-01T10:00:00")
NEW = recorder_pb2.SessionInfo(session="s2", created="2026-01-03T10:00:00")
MODEL = trainer_pb2.ModelInfo(model_id="m1", created="2026-01-02T10:00:00+00:00")


def facts(**changes: Any) -> Facts:
    known: dict[str, Any] = {
        "programs": [program("recorder")],
        "is_busy": False,
        "sessions": [OLD],
        "models": [MODEL],
        "loaded": "",
        "is_predicting": False,
    }
    return Facts(**(known | changes))


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"programs": [program("recorder", "STOPPED")]}, Step.START),
        ({"is_busy": True}, Step.NONE),
        ({"sessions": [], "models": []}, Step.RECORD),
        ({"models": []}, Step.TRAIN),
        ({"sessions": [NEW, OLD]}, Step.TRAIN),
        ({}, Step.LOAD),
        ({"loaded": "m0"}, Step.LOAD),
        ({"loaded": None}, Step.NONE),
        ({"loaded": "m1"}, Step.PREDICT),
        ({"loaded": "m1", "is_predicting": True}, Step.NONE),
        ({"sessions": [recorder_pb2.SessionInfo(created="long ago")]}, Step.LOAD),
    ],
)
def test_the_next_step(changes, step) -> None:
    assert next_step(facts(**changes)) is step
