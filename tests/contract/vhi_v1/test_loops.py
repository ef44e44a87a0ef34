"""A loop from phase to phase, and the phase that a freeze keeps: contract 2.3 to 2.5."""

import math

import numpy as np
import pytest
from emgrig.testing import wait_until
from emgrig.vhi.v1 import vhi_pb2

from tests.vhi_poses import POSES

INDEX = 2
WORDS = ("closing", "holding", "opening", "resting")


def angles_of(values):
    """Return phases of the index finger as shares of a quarter turn."""
    return np.arcsin(np.clip(-values[:, INDEX].astype(float), 0, 1)) / (math.pi / 2)


def wait_word(hand, word):
    wait_until(lambda: hand.GetState().current_state == word, 5.0)


def test_a_loop_goes_through_its_four_words_in_order(hand):
    hand.SetSpeed(frequency_hz=2, hold_time_s=0.5, rest_time_s=0.5)
    hand.SetMovement(movement_name="Index", cycle=True)
    seen = ["closing"]

    def is_round():
        word = hand.GetState().current_state
        if word != seen[-1]:
            seen.append(word)
        return len(seen) == 5

    wait_until(is_round, 10.0)
    assert seen == [*WORDS, "closing"]


def test_opening_runs_the_quarter_sine_back(hand, control):
    hand.SetSpeed(frequency_hz=1, hold_time_s=0.2, rest_time_s=5)
    control.inlet.flush()
    hand.SetMovement(movement_name="Index", cycle=True)
    angles = angles_of(control.next(150)[0])

    full = np.flatnonzero(angles > 1 - 1e-3)[-1]
    opening = angles[full + 1 : full + 56]

    # Each step of the angle is one frame of 1/60 s, or several where the hand was late.
    frames = (1 - opening) * 60
    assert np.abs(frames - np.round(frames)).max() < 0.02
    assert np.diff(np.round(frames)).min() >= 0
    assert frames[-1] == pytest.approx(55, abs=6)


def test_a_new_frequency_rescales_the_phase_at_once(hand, control):
    hand.SetSpeed(frequency_hz=0.2, hold_time_s=5, rest_time_s=5)
    hand.SetMovement(movement_name="Index", cycle=True)
    slow = control.next(30)[0]

    hand.SetSpeed(frequency_hz=1, hold_time_s=5, rest_time_s=5)
    # The first fast sample may be the next one.
    angles = angles_of(np.concatenate([slow, control.next(30)[0]]))

    # Five times the phase of before, and the frames that passed meanwhile.
    k = int(np.argmax(np.diff(angles)))
    assert 4.9 < angles[k + 1] / angles[k] < 9


def test_a_loop_that_is_begun_again_begins_at_rest(hand, control):
    hand.SetSpeed(frequency_hz=0.5, hold_time_s=5, rest_time_s=5)
    for _ in range(2):
        assert hand.SetMovement(movement_name="Index", cycle=True).current_state == "closing"
        control.inlet.flush()
        angles = angles_of(control.next(75)[0])
        assert angles.min() < 0.2
        assert angles[-1] > 0.45


@pytest.mark.parametrize("word", ["waiting", *WORDS, "frozen"])
def test_letting_go_from_any_state_stops_and_clears(hand, control, word):
    hand.SetSpeed(frequency_hz=2, hold_time_s=0.5, rest_time_s=0.5)
    hand.SetMovement(movement_name="Index", cycle=word in WORDS)
    if word == "waiting":
        hand.Freeze(frozen=False)
    wait_word(hand, word)

    ack = hand.Freeze(frozen=False)

    assert (ack.applied, ack.current_state, ack.current_movement) == (True, "waiting", "Index")
    assert not control.fresh(40).any()


def test_a_partial_excursion_scales_every_channel_alike(hand, control):
    hand.SetSpeed(frequency_hz=0.5, hold_time_s=1, rest_time_s=1)
    hand.SetMovement(movement_name="ThreeFingerPinch", cycle=True)
    control.next(45)
    hand.Freeze(frozen=True)

    values = control.fresh(5)[-1]

    full = np.array(POSES["ThreeFingerPinch"])
    share = values[INDEX] / full[INDEX]
    assert 0.1 < share < 0.99
    assert np.allclose(values, share * full, rtol=0, atol=1e-6)


def test_a_change_of_mode_keeps_the_stored_phase(hand, control):
    hand.SetMovement(movement_name="Fist")
    hand.SetControlMode(mode=vhi_pb2.IDLE)
    hand.SetControlMode(mode=vhi_pb2.MOVEMENT)
    control.wait_for(POSES["Rest"])

    hand.Freeze(frozen=True)

    control.wait_for(POSES["Fist"])


def test_a_reload_keeps_the_stored_phase_for_what_it_selects(our_hand, control):
    path = our_hand.folder / "movements.toml"
    before = path.read_text()
    our_hand.SetMovement(movement_name="Fist")
    try:
        path.write_text("[movements.Wave]\nindex_proximal = [-42.5, 0, 0]\n")
        wait_until(lambda: our_hand.GetState().current_movement == "Wave", 5.0)
        our_hand.Freeze(frozen=True)

        control.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])
    finally:
        path.write_text(before)
        wait_until(lambda: len(our_hand.GetState().available_movements) == 17, 5.0)


def test_a_held_movement_told_twice_shows_the_same(hand, control):
    hand.SetMovement(movement_name="Fist")
    control.wait_for(POSES["Fist"])

    hand.SetMovement(movement_name="Fist")

    assert np.allclose(control.fresh(20), POSES["Fist"], rtol=0, atol=1e-6)
