"""What the header says, whoever is gone."""

import math

import pytest
from emgrig.control import hand_pb2, recorder_pb2
from emgrig_console.board import Board
from emgrig_console.summary import age_words, clock_words, summarise

from tests.unit.console.polled import NEVER, live, old, program, put, say_health

ALL = ("recorder", "trainer", "vhi-bridge")
RUNNING = [program(name) for name in ALL]
LATENCY = {"emg_to_pose": {"p50_ms": 2.1, "p99_ms": 3.4, "n": 50}}


@pytest.fixture
def board() -> Board:
    board = Board()
    say_health(board, ALL)
    return board


def summary(board: Board, programs=None, recording=NEVER, hand=NEVER):
    programs = programs or live(RUNNING)
    return summarise(board, ALL, programs=programs, recording=recording, hand=hand)


def test_all_well(board) -> None:
    assert (summary(board).state, summary(board).tone) == ("RUNNING", "ok")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("STOPPED", "trainer stopped"),
        ("STARTING", "trainer starting again"),
        ("FROZEN", "trainer frozen"),
    ],
)
def test_a_process_that_is_not_there_is_named_and_not_who_misses_it(board, state, words) -> None:
    say_health(board, ["recorder"], state="DEGRADED")
    programs = [*RUNNING[:1], program("trainer", state), RUNNING[2]]

    assert summary(board, live(programs)).state == f"DEGRADED: {words}"
    # What supervisor said long ago is no news.
    assert summary(board, old(programs)).state == "DEGRADED: look at recorder"


def test_silence_and_nobody_at_all(board) -> None:
    assert summary(Board()).state.startswith("NOT RUNNING")

    put(board, "health/trainer", "trainer", age_s=10, state="RUNNING")

    assert summary(board).state == "DEGRADED: no word from trainer"


def test_a_recording_has_its_clock_and_its_name(board) -> None:
    status = recorder_pb2.RecordingStatus(recording=True, elapsed_s=42.4, take_name="take-3")

    assert summary(board, recording=live(status)).recording == "rec 00:42 take-3"
    assert summary(board, recording=old(status)).recording == "recorder does not answer"
    assert not summary(board, recording=old(status)).is_recording


def test_a_sample_is_as_old_as_it_was_when_it_came_and_the_time_since(board) -> None:
    assert summary(board).sample == "no sample yet"
    put(board, "chunk/emg", "emg-acquirer", age_s=3.0)

    assert (summary(board).sample, summary(board).is_sample_old) == ("sample 3 s old", True)


def test_a_sample_that_another_clock_timed_is_as_old_as_its_arrival(board) -> None:
    put(board, "chunk/emg", "emg-acquirer", age_s=0.1, lag_s=math.nan)

    assert summary(board).sample == "sample came 100 ms ago"
    assert not summary(board).is_sample_old


def test_a_latency_without_predictions_is_history(board) -> None:
    say_health(board, ["vhi-bridge"], latency=LATENCY)
    assert summary(board).latency == "nothing predicted"
    put(board, "prediction/hand", "predictor")
    assert summary(board).latency == "sample to hand p50 2.1 ms, p99 3.4 ms"

    say_health(board, ["vhi-bridge"], latency={"emg_to_pose": "nonsense"})

    assert summary(board).latency == "nothing predicted"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"connected": True, "output_enabled": True, "pose_reason": "prediction"}, "hand follows"),
        ({"connected": True, "output_enabled": True, "pose_reason": "rest"}, "hand at rest"),
        ({"connected": True}, "hand held at rest"),
        ({"output_enabled": True}, "no hand"),
    ],
)
def test_what_the_hand_does(board, fields, words) -> None:
    status = hand_pb2.HandStatus(**fields)

    assert summary(board, hand=live(status)).hand == words
    assert summary(board, hand=old(status)).hand == "hand unknown"


def test_words_for_times() -> None:
    assert [age_words(s) for s in (0.004, 3.2, 600.0)] == ["4 ms", "3 s", "10 min"]
    assert [clock_words(s) for s in (0.9, 61, 3661)] == ["00:00", "01:01", "1:01:01"]
