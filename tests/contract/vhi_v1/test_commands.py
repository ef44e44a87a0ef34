"""Each command's answer, word for word where clients can see it: contract 1.2 to 1.5."""

import pytest
from emgrig.vhi.v1 import vhi_pb2

from tests.contract.vhi_v1.conftest import START

MODES = [vhi_pb2.MOVEMENT, vhi_pb2.STREAM, vhi_pb2.IDLE]


def ack(state, movement):
    return vhi_pb2.CommandAck(applied=True, current_state=state, current_movement=movement)


def test_the_state_lists_the_17_movements_in_order(hand):
    assert hand.GetState() == START


def test_a_movement_without_cycle_is_held(hand):
    assert hand.SetMovement(movement_name="Fist") == ack("frozen", "Fist")


def test_a_movement_with_cycle_closes(hand):
    assert hand.SetMovement(movement_name="Fist", cycle=True) == ack("closing", "Fist")


def test_listed_rest_is_held_like_any_other(hand):
    assert hand.SetMovement(movement_name="Rest") == ack("frozen", "Rest")


@pytest.mark.parametrize("name", ["rest", "REST"])
def test_rest_in_another_casing_stops_and_keeps_the_selection(hand, name):
    hand.SetMovement(movement_name="Fist")

    assert hand.SetMovement(movement_name=name, cycle=True) == ack("waiting", "Fist")


@pytest.mark.parametrize("name", ["", "fist", "Fist ", "Hook", "Nonsense"])
def test_an_unlisted_name_is_turned_down_in_an_ordinary_answer(hand, name):
    answer = hand.SetMovement(movement_name=name)

    assert (answer.applied, answer.current_state, answer.current_movement) == (
        False,
        "waiting",
        "Rest",
    )
    assert f"'{name}'" in answer.message
    assert "unknown movement" in answer.message.lower()


def test_freezing_and_letting_go(hand):
    hand.SetMovement(movement_name="Index", cycle=True)

    assert hand.Freeze(frozen=True) == ack("frozen", "Index")
    assert hand.Freeze(frozen=False) == ack("waiting", "Index")


@pytest.mark.parametrize("frozen", [True, False])
def test_freezing_and_letting_go_twice_are_as_once(hand, frozen):
    hand.SetMovement(movement_name="Index")

    first, second = hand.Freeze(frozen=frozen), hand.Freeze(frozen=frozen)

    assert first == second == ack("frozen" if frozen else "waiting", "Index")


def test_a_speed_is_applied_even_if_every_field_is_ignored(hand):
    nan = float("nan")

    answer = hand.SetSpeed(frequency_hz=nan, hold_time_s=-1, rest_time_s=nan)

    assert answer == ack("waiting", "Rest")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("right_hand", [True, False])
def test_chirality_is_always_turned_down(hand, mode, right_hand):
    hand.SetControlMode(mode=mode)

    answer = hand.SetChirality(right_hand=right_hand)

    assert not answer.applied
    assert "not implemented" in answer.message.lower()


@pytest.mark.parametrize("mode", MODES)
def test_session_and_smoothing_are_accepted_in_every_mode(hand, mode):
    hand.SetControlMode(mode=mode)

    assert hand.SetSmoothing(enabled=False, smoothing_speed=5) == ack("waiting", "Rest")
    assert hand.SetSessionActive(active=True) == ack("waiting", "Rest")
    assert hand.GetState().session_active


def test_an_active_session_blocks_no_command(hand):
    hand.SetSessionActive(active=True)

    assert hand.SetMovement(movement_name="Fist").applied


@pytest.mark.parametrize(("mode", "word"), [(vhi_pb2.STREAM, "Stream"), (vhi_pb2.IDLE, "Idle")])
@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("SetMovement", {"movement_name": "Nonsense"}),
        ("Freeze", {"frozen": True}),
        ("SetSpeed", {"frequency_hz": 1.0}),
    ],
)
def test_movement_commands_are_turned_down_elsewhere_with_a_way_back(
    hand, mode, word, method, fields
):
    hand.SetControlMode(mode=mode)

    answer = getattr(hand, method)(**fields)

    assert not answer.applied
    assert answer.message.startswith(method)
    assert all(part in answer.message for part in ("\u2014", word, "MOVEMENT"))


@pytest.mark.parametrize("mode", [vhi_pb2.STREAM, vhi_pb2.IDLE])
def test_the_state_word_is_stale_until_movement_returns(hand, mode):
    hand.SetMovement(movement_name="Index", cycle=True)

    assert hand.SetControlMode(mode=mode) == ack("closing", "Index")
    state = hand.GetState()
    assert (state.current_state, state.control_mode) == ("closing", mode)
    assert hand.SetControlMode(mode=vhi_pb2.MOVEMENT) == ack("waiting", "Index")


def test_an_unknown_mode_number_means_movement(hand):
    hand.SetControlMode(mode=vhi_pb2.IDLE)

    assert hand.SetControlMode(mode=42).applied
    assert hand.GetState().control_mode == vhi_pb2.MOVEMENT
