"""A movement that the hand turned down is told again while it is wanted, at a bounded rate."""

import numpy as np
import pytest
from emgrig.messages import Message
from emgrig_vhi_bridge.gesturing import Gesturer, GestureTiming

MOVEMENTS = ("Rest", "Fist", "Hook")
STEP_S = 0.125


class Refusing:
    """A gesturer and a hand that does nothing of what it is told.

    Attributes:
        told: What it was told, and when.
    """

    def __init__(self):
        self.gesturer = Gesturer(GestureTiming(n_equal=1, silence_s=0.5, after_cue_s=0.5), "Rest")
        self.told = []
        self.now = 8.0

    def predict(self, name, seconds):
        for _ in range(round(seconds / STEP_S)):
            message = Message(
                topic="prediction/gesture",
                source="predictor",
                epoch="e1",
                seq=0,
                data=np.ones(3, np.float32),
                fields={"model_id": "m1", "targets": [], "class": name, "class_index": 0},
            )
            self._tell(self.gesturer.accept(message, MOVEMENTS, now=self.now, data_age_s=0.0))
            self.wait(STEP_S)

    def wait(self, seconds):
        for _ in range(round(seconds / STEP_S)):
            self.now += STEP_S
            self._tell(self.gesturer.tick(self.now))
            self._tell(self.gesturer.again(self.now))

    def _tell(self, name):
        if name is not None:
            self.told.append((name, self.now))
            self.gesturer.refused(self.gesturer.turn, self.now)


@pytest.fixture
def hand():
    return Refusing()


def test_a_class_is_told_once_a_second_and_then_its_rest(hand):
    hand.predict("Fist", 2.5)
    hand.wait(2)

    assert hand.told == [
        ("Fist", 8.0),
        ("Fist", 9.0),
        ("Fist", 10.0),
        ("Rest", 10.875),
        ("Rest", 11.875),
    ]


def test_what_the_hand_did_at_last_is_told_no_more(hand):
    hand.predict("Fist", 1)
    hand.gesturer.refused(hand.gesturer.turn - 1, hand.now)

    assert hand.told == [("Fist", 8.0), ("Fist", 9.0)]
    hand.gesturer.cued("Fist", hand.now)
    hand.wait(5)
    assert hand.told == [("Fist", 8.0), ("Fist", 9.0)]


@pytest.mark.parametrize("take_over", ["cue", "freeze"])
def test_what_the_operator_took_over_is_not_moved(hand, take_over):
    hand.predict("Fist", STEP_S)
    if take_over == "cue":
        hand.gesturer.cued("Hook", hand.now)
    else:
        hand.gesturer.frozen(True, hand.now)
    hand.wait(3)

    assert hand.told == [("Fist", 8.0)]
