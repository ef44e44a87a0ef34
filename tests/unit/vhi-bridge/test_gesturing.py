"""The gesturer: which movement the hand is told, and when."""

import numpy as np
import pytest
from emgrig.messages import Message
from emgrig_vhi_bridge.gesturing import Gesturer, GestureTiming, RefusedGestureError

TIMING = GestureTiming(n_equal=3, silence_s=0.5, after_cue_s=0.5)
MOVEMENTS = ("Rest", "Fist", "Hook")
STEP_S = 1 / 32


class Player:
    """Feeds a gesturer one class per step; keeps (time, movement) of what it decides."""

    def __init__(self, timing=TIMING):
        self.gesturer = Gesturer(timing, "Rest")
        self.now = 10.0
        self.told = []

    def hear(self, *names, age_s=0.0, movements=MOVEMENTS):
        for name in names:
            message = make_gesture(name)
            movement = self.gesturer.accept(message, movements, now=self.now, data_age_s=age_s)
            self._note(movement)

    def wait(self, seconds):
        for _ in range(round(seconds / STEP_S)):
            self._note(self.gesturer.tick(self.now))

    def _note(self, movement):
        if movement is not None:
            self.told.append(movement)
        self.now += STEP_S


def make_gesture(name):
    index = MOVEMENTS.index(name) if name in MOVEMENTS else -1
    return Message(
        topic="prediction/gesture",
        source="predictor",
        epoch="e1",
        seq=0,
        data=np.ones(3, np.float32),
        fields={"model_id": "m1", "targets": [], "class": name, "class_index": index},
    )


@pytest.fixture
def player():
    return Player()


def test_a_class_is_told_once_when_it_lasts(player):
    player.hear(*["Fist"] * 2)
    assert player.told == []

    player.hear(*["Fist"] * 20, *["Rest"] * 20)

    assert player.told == ["Fist", "Rest"]


def test_the_first_class_is_told_even_when_it_is_rest(player):
    player.hear("", *["Rest"] * 5)

    assert player.told == ["Rest"]


def test_a_flicker_moves_nothing(player):
    player.hear(*["Fist"] * 3, *["Hook", "Hook", "Rest", "Rest", "Fist"] * 5)

    assert player.told == ["Fist"]


def test_a_rejection_keeps_the_hand_and_breaks_the_row(player):
    player.hear(*["Fist"] * 3, *[""] * 64, "Hook", "Hook", "", "Hook", "Hook")
    player.wait(0.4)

    assert player.told == ["Fist"]


def test_a_movement_that_the_hand_lacks_is_refused_with_what_there_is(player):
    with pytest.raises(RefusedGestureError, match=r"'Rest', 'Fist', 'Hook'.*Pistol") as caught:
        player.hear("Pistol")

    assert caught.value.reason == "unknown_movement"
    assert player.told == []


def test_while_the_hands_movements_are_not_known_every_class_is_told(player):
    player.hear(*["Pistol"] * 3, movements=())

    assert player.told == ["Pistol"]


def test_old_data_is_refused_and_counts_as_silence(player):
    player.hear(*["Fist"] * 3)
    for _ in range(20):
        with pytest.raises(RefusedGestureError, match=r"last 0\.5 s"):
            player.hear("Hook", age_s=0.6)
        player.wait(STEP_S)

    assert player.told == ["Fist", "Rest"]


def test_the_hand_rests_when_predictions_stop(player):
    player.hear(*["Fist"] * 3)
    player.wait(0.45)
    assert player.told == ["Fist"]

    player.wait(2)

    assert player.told == ["Fist", "Rest"]
    player.hear(*["Fist"] * 3)
    assert player.told == ["Fist", "Rest", "Fist"]


def test_the_age_of_the_data_counts_for_silence(player):
    player.hear(*["Fist"] * 3, age_s=0.4)
    player.wait(0.2)

    assert player.told == ["Fist", "Rest"]


def test_a_cue_is_no_edge_for_the_same_class(player):
    player.hear(*["Rest"] * 3)
    player.gesturer.cued("Fist", player.now)
    player.hear(*["Rest"] * 8, *["Fist"] * 60)

    assert player.told == ["Rest"]


def test_another_class_than_the_cued_one_is_told_after_a_while(player):
    player.gesturer.cued("Fist", player.now)
    player.hear(*["Hook"] * 15)
    assert player.told == []

    player.hear(*["Hook"] * 15)

    assert player.told == ["Hook"]


def test_a_cue_stays_when_predictions_stop(player):
    player.hear(*["Rest"] * 3)
    player.gesturer.cued("Fist", player.now)
    player.wait(3)

    assert player.told == ["Rest"]


def test_releasing_the_hand_brings_it_to_rest_once(player):
    player.hear(*["Fist"] * 3)

    assert player.gesturer.release() == "Rest"
    assert player.gesturer.release() is None


def test_what_the_operator_froze_is_moved_by_no_class(player):
    player.gesturer.frozen(True, player.now)

    player.hear(*["Fist"] * 100, *["Rest"] * 100)
    player.wait(2.0)

    assert player.told == []


def test_a_class_that_was_shown_before_the_operator_stopped_the_hand_is_shown_again(player):
    player.hear(*["Fist"] * 10)
    player.gesturer.frozen(False, player.now)

    player.hear(*["Fist"] * 40)

    assert player.told == ["Fist", "Fist"]


def test_a_cue_ends_the_freeze(player):
    player.gesturer.frozen(True, player.now)
    player.gesturer.cued("Rest", player.now)

    player.hear(*["Fist"] * 40)

    assert player.told == ["Fist"]


def test_a_class_is_told_though_a_cue_of_the_same_name_failed(player):
    turn = player.gesturer.cued("Fist", player.now)
    player.gesturer.cue_ended(turn, applied=False)

    player.hear(*["Fist"] * 60)

    assert player.told == ["Fist"]


def test_a_movement_that_a_failed_cue_did_not_replace_rests_when_predictions_stop(player):
    player.hear(*["Hook"] * 3)
    turn = player.gesturer.cued("Fist", player.now)
    player.wait(1.0)
    player.gesturer.cue_ended(turn, applied=False)
    player.wait(0.1)

    assert player.told == ["Hook", "Rest"]


def test_a_failed_cue_leaves_an_earlier_cue_alone_when_predictions_stop(player):
    player.hear(*["Hook"] * 3)
    for name, applied in (("Rest", True), ("Fist", False)):
        player.gesturer.cue_ended(player.gesturer.cued(name, player.now), applied=applied)
    player.wait(2.0)

    assert player.told == ["Hook"]


def test_of_two_cues_under_way_only_the_newer_counts(player):
    player.hear(*["Hook"] * 3)
    older = player.gesturer.cued("Rest", player.now)
    newer = player.gesturer.cued("Fist", player.now)
    player.gesturer.cue_ended(older, applied=False)
    player.hear(*["Fist"] * 60)
    assert player.told == ["Hook"]

    player.gesturer.cue_ended(newer, applied=False)
    player.wait(1.0)

    assert player.told == ["Hook", "Rest"]


def test_a_cue_that_a_class_replaced_takes_nothing_back(player):
    turn = player.gesturer.cued("Fist", player.now)
    player.hear(*["Hook"] * 20)
    player.gesturer.cue_ended(turn, applied=False)

    player.hear(*["Hook"] * 60)

    assert player.told == ["Hook"]
