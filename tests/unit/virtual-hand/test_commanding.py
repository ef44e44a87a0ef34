import math

import numpy as np
import pytest
from emgrig.control import (
    ControlMode,
    Freeze,
    GetState,
    HandAck,
    HandState,
    SetChirality,
    SetControlMode,
    SetMovement,
    SetSessionActive,
    SetSmoothing,
    SetSpeed,
)
from emgrig_virtual_hand.commanding import Hands
from emgrig_virtual_hand.movements import Movement, stock_movements

from tests.vhi_poses import AI_MOVEMENTS, POSES

DT = 1 / 60
STREAM = SetControlMode(ControlMode.STREAM)
IDLE = SetControlMode(ControlMode.IDLE)
MOVEMENT = SetControlMode(ControlMode.MOVEMENT)


@pytest.fixture
def hands():
    return Hands(stock_movements(), "AI")


def frame(hands, *commands, output=None, control_pose=None):
    """Play one frame; return the answers."""
    hands.receive(output=output, control_pose=control_pose)
    answers = [hands.execute(command) for command in commands]
    hands.advance(DT)
    return answers


def pose(index):
    channels = np.zeros(9, dtype=np.float32)
    channels[2] = index
    return channels


def index_of(hands):
    return pytest.approx(float(hands.control.channels[2]), abs=1e-6)


def test_a_fresh_hand_describes_itself(hands):
    assert hands.execute(GetState()) == HandState(
        current_state="waiting",
        current_movement="Rest",
        session_active=False,
        available_movements=AI_MOVEMENTS,
        mode="AI",
        control_mode=ControlMode.MOVEMENT,
    )


def test_answers_show_the_state_after_their_own_command(hands):
    answers = frame(
        hands, SetMovement("Fist"), SetMovement("Index", cycle=True), Freeze(False), Freeze(True)
    )

    assert answers == [
        HandAck(True, "frozen", "Fist"),
        HandAck(True, "closing", "Index"),
        HandAck(True, "waiting", "Index"),
        HandAck(True, "frozen", "Index"),
    ]


def test_only_the_last_pose_of_a_frame_is_seen(hands):
    frame(hands, SetMovement("Index"), SetMovement("Fist"))

    np.testing.assert_allclose(hands.control.channels, POSES["Fist"], atol=1e-6)


@pytest.mark.parametrize("name", ["", "fist", " Fist", "Fist ", "Hook", "Unknown"])
def test_a_name_that_is_not_listed_is_turned_down_and_quoted(hands, name):
    (answer,) = frame(hands, SetMovement(name))

    assert (answer.applied, answer.current_movement) == (False, "Rest")
    assert "unknown movement" in answer.message.lower()
    assert f"'{name}'" in answer.message


def test_listed_rest_is_a_movement_like_any_other(hands):
    frame(hands, SetMovement("Fist"))

    assert frame(hands, SetMovement("Rest")) == [HandAck(True, "frozen", "Rest")]


@pytest.mark.parametrize("name", ["rest", "REST", "rESt"])
def test_rest_in_another_casing_stops_and_keeps_the_selection(hands, name):
    frame(hands, SetMovement("Fist"))

    assert frame(hands, SetMovement(name, cycle=True)) == [HandAck(True, "waiting", "Fist")]
    assert not hands.control.channels.any()


def test_speeds_out_of_range_are_ignored_one_by_one(hands):
    for speed in (SetSpeed(-1, 3, math.nan), SetSpeed(2, -1, 0), SetSpeed(math.nan, math.nan, -1)):
        assert frame(hands, speed) == [HandAck(True, "waiting", "Rest")]

    control = hands.control
    assert (control.frequency_hz, control.hold_time_s, control.rest_time_s) == (2, 3, 0)


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_a_smoothing_speed_out_of_range_is_ignored(hands, speed):
    frame(hands, SetSmoothing(True, 7.0), SetSmoothing(True, speed))

    assert (hands.predicted.smoothing, hands.predicted.smoothing_speed) == (True, 7.0)


@pytest.mark.parametrize("right_hand", [True, False])
@pytest.mark.parametrize("mode", ControlMode)
def test_chirality_is_always_turned_down(hands, right_hand, mode):
    _, answer = frame(hands, SetControlMode(mode), SetChirality(right_hand))

    assert not answer.applied
    assert "not implemented" in answer.message


@pytest.mark.parametrize("mode", [STREAM, IDLE])
@pytest.mark.parametrize(
    "command", [SetMovement("Nonsense"), Freeze(True), Freeze(False), SetSpeed(1, 1, 1)]
)
def test_movement_commands_are_turned_down_in_other_modes(hands, mode, command):
    _, answer = frame(hands, mode, command)

    word = ControlMode(mode.mode).name.capitalize()
    assert not answer.applied
    assert answer.message.startswith(type(command).__name__)
    assert all(part in answer.message for part in ("\u2014", word, "MOVEMENT"))


@pytest.mark.parametrize("mode", [STREAM, IDLE])
def test_other_commands_work_in_every_mode(hands, mode):
    answers = frame(hands, mode, SetSmoothing(True, 1), SetSessionActive(True), mode, GetState())

    assert all(answer.applied for answer in answers[:-1])
    assert answers[-1].session_active


@pytest.mark.parametrize("mode", [STREAM, IDLE])
def test_the_state_word_is_stale_in_other_modes(hands, mode):
    frame(hands, SetMovement("Index", cycle=True))

    frame(hands, mode)

    assert frame(hands, GetState())[0].current_state == "closing"
    assert frame(hands, MOVEMENT) == [HandAck(True, "waiting", "Index")]


def test_entering_stream_leaves_the_pose_until_a_sample_comes(hands):
    frame(hands, SetMovement("Index"))
    frame(hands, STREAM)

    assert index_of(hands) == -1.0

    frame(hands, control_pose=pose(-0.25))
    assert index_of(hands) == -0.25


def test_entering_idle_clears_the_pose_and_nothing_moves_it(hands):
    frame(hands, SetMovement("Index"))
    frame(hands, IDLE)
    frame(hands, control_pose=pose(-0.25))

    assert index_of(hands) == 0.0


def test_a_pose_sent_long_before_is_shown_on_entering_stream(hands):
    frame(hands, control_pose=pose(-0.75))
    frame(hands, SetMovement("Fist"))
    assert index_of(hands) == -1.0

    frame(hands, STREAM)

    assert index_of(hands) == -0.75


def test_asking_for_the_same_mode_resets_nothing(hands):
    frame(hands, SetMovement("Index", cycle=True))

    assert frame(hands, MOVEMENT) == [HandAck(True, "closing", "Index")]


def test_an_unknown_mode_means_movement(hands):
    frame(hands, IDLE)

    frame(hands, SetControlMode(99))

    assert hands.control_mode is ControlMode.MOVEMENT


@pytest.mark.parametrize("mode", [STREAM, IDLE, MOVEMENT])
def test_reloading_stops_and_clears_in_every_mode(hands, mode):
    frame(hands, SetMovement("Index"), mode, control_pose=pose(-0.5))
    hands.replace_movements((Movement("Wave", {}),))

    assert frame(hands, GetState())[0].available_movements == ("Wave",)
    assert (hands.control.state, index_of(hands)) == ("waiting", 0.0)


def test_the_predicted_hand_moves_only_on_fresh_samples(hands):
    frame(hands, SetSmoothing(True, 30.0), output=pose(-1.0))
    after_one = float(hands.predicted.channels[2])
    frame(hands)
    frame(hands)

    assert after_one == pytest.approx(-0.5, abs=1e-6)
    assert float(hands.predicted.channels[2]) == after_one
