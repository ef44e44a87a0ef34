"""When a take can begin and end, and what it is called."""

import re

import pytest
from emgrig.control import hand_pb2, recorder_pb2
from emgrig_console.recording_flow import allowed, next_take_name, palette, why_no_protocol

from tests.unit.console.polled import NEVER, live, old

RUNNING = recorder_pb2.RecordingStatus(
    recording=True, elapsed_s=61, journal_bytes=1_600_000, label="Fist"
)
IDLE = recorder_pb2.RecordingStatus()


def test_a_take_that_runs_can_be_stopped_and_says_its_label() -> None:
    now = allowed(live(RUNNING), is_protocol_running=False)

    assert (now.can_record, now.can_stop) == (False, True)
    assert now.words == "Recording 01:01, 1.6 MB, label Fist."
    # Read out: nothing that changes every second.
    assert now.news == "Recording, label Fist"


def test_a_protocol_hides_neither_clock_nor_label() -> None:
    by_protocol = recorder_pb2.RecordingStatus(protocol="1a2b")
    by_protocol.MergeFrom(RUNNING)

    now = allowed(live(by_protocol), is_protocol_running=True)

    assert not now.can_stop
    assert "01:01" in now.words
    assert "label Fist" in now.words
    assert "cancel it" in now.words


@pytest.mark.parametrize(
    ("recording", "conditions", "words"),
    [
        (NEVER, {}, "does not answer"),
        (old(IDLE), {}, "does not answer"),
        (live(IDLE), {"is_protocol_running": True}, "cancel it"),
        (live(RUNNING), {"is_stopping": True}, "being ended"),
    ],
)
def test_a_button_that_does_not_work_says_why(recording, conditions, words) -> None:
    now = allowed(recording, **({"is_protocol_running": False} | conditions))

    assert not (now.can_record)
    assert not (now.can_stop)
    assert words in now.words


@pytest.mark.parametrize(
    ("recording", "is_running", "words"),
    [
        (NEVER, False, "does not answer"),
        (old(IDLE), False, "does not answer"),
        (live(RUNNING), True, "cancel it"),
        (live(RUNNING), False, "stop it first"),
        (live(IDLE), False, "^$"),
    ],
)
def test_a_protocol_that_cannot_begin_says_why(recording, is_running, words) -> None:
    assert re.search(words, why_no_protocol(recording, is_protocol_running=is_running))


def test_a_take_of_a_person_is_stopped_while_the_session_of_a_protocol_is_made() -> None:
    now = allowed(live(RUNNING), is_protocol_running=True)

    assert now.can_stop
    assert now.words.endswith("label Fist.")


@pytest.mark.parametrize("was_protocol", [False, True])
def test_the_last_take_may_still_be_made_while_another_begins(was_protocol) -> None:
    finishing = recorder_pb2.RecordingStatus(finishing=True)

    now = allowed(live(finishing), is_protocol_running=was_protocol)

    assert now.can_record
    assert "session file" in now.words


def test_movements_that_are_no_class_cannot_be_cued() -> None:
    hand = hand_pb2.HandStatus(connected=True, movements=["Fist", "Rest", "Pinky"])

    assert palette(live(hand), ["Rest", "Fist", "Wave"]) == (["Rest", "Fist"], ["Pinky"])
    assert palette(old(hand), ["Rest", "Fist"]) == (["Rest", "Fist"], [])


@pytest.mark.parametrize(
    ("name", "after"),
    [("", "take-1"), ("take-3", "take-4"), ("first", "first-2"), ("a-b-9", "a-b-10"), ("-", "--2")],
)
def test_takes_count_up(name, after) -> None:
    assert next_take_name(name) == after
