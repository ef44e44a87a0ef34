"""What the recorder believes of others' books, and how many forms of rows it takes."""

import numpy as np
from emgrig.messages import Message
from emgrig_recorder.books import ledger_of
from emgrig_recorder.counting import MAX_FORMS, TakeCounts

ENTRY = {"received": 3, "used": 2, "skipped": {"paused": 1}, "refused": {}}


def vector(width: int, topic: str = "prediction/hand", seq: int = 0) -> Message:
    data = np.zeros(width, np.float32)
    return Message(topic=topic, source="predictor", epoch="e", seq=seq, data=data)


def test_a_ledger_is_taken_as_it_is() -> None:
    assert ledger_of({"ledger": {"features/emg": ENTRY}}) == {"features/emg": ENTRY}


def test_what_is_no_ledger_is_left_out() -> None:
    assert ledger_of({}) == ledger_of({"ledger": [1]}) == ledger_of({"ledger": {"x": 3}}) == {}
    strange = {"received": "3", "used": True, "skipped": {"a": None}, "refused": 4}
    assert ledger_of({"ledger": {"x": strange}}) == {
        "x": {"received": 0, "used": 0, "skipped": {"a": 0}}
    }


def test_a_take_has_so_many_forms_and_no_more() -> None:
    counts = TakeCounts()
    for width in range(MAX_FORMS):
        assert counts.admits(vector(width))
        counts.note(vector(width))

    assert not counts.admits(vector(MAX_FORMS))
    assert counts.admits(vector(3))
    assert counts.admits(Message(topic="event/cue", source="x", epoch="e", seq=0))


def test_the_first_message_that_was_not_written_is_where_to_go_on() -> None:
    counts = TakeCounts()
    counts.miss(vector(2, seq=5))
    counts.miss(vector(2, seq=6))
    assert counts.positions == {"predictor": {"prediction/hand": ("e", 5)}}

    counts.note(vector(2, seq=5))
    counts.miss(vector(2, seq=6))
    assert counts.positions == {"predictor": {"prediction/hand": ("e", 6)}}
