import math

import numpy as np
import pytest
from emgrig_virtual_hand.animation import AnimationState, ControlHand, PredictedHand
from emgrig_virtual_hand.movements import Movement, offered_movements, stock_movements

DT = 1 / 60
INDEX = 2


@pytest.fixture
def hand():
    return ControlHand(offered_movements(stock_movements(), "AI"))


def play(hand, n_frames):
    for _ in range(n_frames):
        hand.advance(DT)


def frames_in(hand, state):
    """Advance until the state is over; return how long it was on."""
    assert hand.state == state
    n = 0
    while hand.state == state:
        hand.advance(DT)
        n += 1
    return n


def excursion(hand):
    return -hand.channels[INDEX]


def test_it_waits_at_rest_with_the_first_movement_selected(hand):
    play(hand, 5)

    assert (hand.state, hand.selected.name) == ("waiting", "Rest")
    assert not hand.channels.any()


def test_a_held_movement_is_at_full_excursion_in_the_same_frame_and_stays(hand):
    hand.hold(hand.find("Index"))
    play(hand, 1)

    assert (hand.state, excursion(hand)) == ("frozen", pytest.approx(1.0, abs=1e-6))

    play(hand, 1000)
    assert excursion(hand) == pytest.approx(1.0, abs=1e-6)


def test_a_loop_takes_six_seconds_by_default(hand):
    hand.loop(hand.find("Index"))

    phases = [frames_in(hand, state) for state in ("closing", "holding", "opening", "resting")]

    # A phase is a whole number of frames, with one of slack for rounding.
    assert phases == pytest.approx([120, 60, 120, 60], abs=1)
    assert hand.state == AnimationState.CLOSING


def test_excursion_is_a_quarter_sine(hand):
    hand.loop(hand.find("Index"))
    play(hand, 60)

    assert excursion(hand) == pytest.approx(math.sin(math.pi / 4), abs=1e-6)


def test_opening_runs_back_from_full(hand):
    hand.loop(hand.find("Index"))
    frames_in(hand, "closing")
    frames_in(hand, "holding")
    play(hand, 60)

    assert excursion(hand) == pytest.approx(math.sin(math.pi / 4), abs=1e-6)


def test_changing_the_frequency_midway_rescales_the_phase_at_once(hand):
    hand.loop(hand.find("Index"))
    play(hand, 30)
    hand.frequency_hz = 1.0
    play(hand, 1)

    assert excursion(hand) == pytest.approx(math.sin(math.pi / 2 * 31 / 60), abs=1e-6)


def test_an_infinite_frequency_closes_and_opens_in_one_frame(hand):
    hand.frequency_hz = math.inf
    hand.loop(hand.find("Index"))

    assert frames_in(hand, "closing") == 1
    assert excursion(hand) == pytest.approx(1.0, abs=1e-6)
    frames_in(hand, "holding")
    assert frames_in(hand, "opening") == 1
    assert excursion(hand) == 0.0


def test_without_hold_and_rest_each_still_takes_a_frame(hand):
    hand.hold_time_s = hand.rest_time_s = 0.0
    hand.loop(hand.find("Index"))
    frames_in(hand, "closing")

    assert frames_in(hand, "holding") == 1
    frames_in(hand, "opening")
    assert frames_in(hand, "resting") == 1


def test_freezing_midway_holds_the_live_pose(hand):
    hand.loop(hand.find("Index"))
    play(hand, 30)
    live = excursion(hand)
    hand.freeze()
    play(hand, 100)

    assert excursion(hand) == pytest.approx(live, abs=1e-6)


def test_stopping_clears_the_pose_and_keeps_the_selection(hand):
    hand.hold(hand.find("Index"))
    play(hand, 1)
    hand.stop()
    play(hand, 1)

    assert (hand.state, hand.selected.name, excursion(hand)) == ("waiting", "Index", 0.0)


def test_freezing_a_stopped_hand_brings_its_last_pose_back(hand):
    hand.hold(hand.find("Index"))
    play(hand, 1)
    hand.stop()
    hand.freeze()
    play(hand, 1)

    assert excursion(hand) == pytest.approx(1.0, abs=1e-6)


def test_freezing_at_the_start_shows_rest(hand):
    hand.freeze()
    play(hand, 1)

    assert (hand.state, excursion(hand)) == ("frozen", 0.0)


def test_looping_again_restarts_from_rest(hand):
    hand.loop(hand.find("Index"))
    play(hand, 60)
    hand.loop(hand.find("Index"))
    play(hand, 1)

    assert excursion(hand) == pytest.approx(math.sin(math.pi / 240), abs=1e-6)


def test_new_movements_keep_the_selection_by_name_and_stop_the_hand(hand):
    hand.hold(hand.find("Index"))
    hand.replace_movements((Movement("A", {}), Movement("Index", {})))

    assert (hand.state, hand.selected.name) == ("waiting", "Index")


def test_new_movements_without_the_selection_select_the_first(hand):
    hand.hold(hand.find("Index"))
    hand.replace_movements((Movement("A", {}), Movement("B", {})))

    assert hand.selected.name == "A"


def sample(index):
    channels = np.zeros(9, dtype=np.float32)
    channels[INDEX] = index
    return channels


def test_the_predicted_hand_snaps_without_smoothing():
    hand = PredictedHand()
    hand.take(sample(-0.7), DT)

    assert hand.channels[INDEX] == pytest.approx(-0.7, abs=1e-6)


def test_smoothing_takes_one_share_of_the_way_per_sample():
    hand = PredictedHand()
    hand.smoothing = True
    expected = 0.0
    for _ in range(10):
        hand.take(sample(-1.0), DT)
        expected += 5.0 * DT * (-1.0 - expected)

    assert hand.channels[INDEX] == pytest.approx(expected, abs=1e-5)


def test_nan_sticks_while_smoothing_is_on_and_goes_when_it_is_off():
    hand = PredictedHand()
    hand.smoothing = True
    hand.take(sample(np.nan), DT)
    hand.take(sample(-1.0), DT)
    assert hand.channels[INDEX] == pytest.approx(90 / 85, abs=1e-6)

    hand.smoothing = False
    hand.take(sample(-1.0), DT)

    assert hand.channels[INDEX] == pytest.approx(-1.0, abs=1e-6)
