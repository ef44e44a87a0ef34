"""A hand is checked by what it shows, and is let go whatever happens: contract 3.7, 5.6, 5.9."""

from types import SimpleNamespace

import pytest
from emgrig.control import Capability, ControlAck, ControlKind, HandAck, SweepReport
from emgrig.errors import HandError
from emgrig_operator.checking_hand import LABELS, check_first, check_second
from emgrig_operator.stock_poses import STOCK_POSES

from tests.vhi_poses import POSES

REST = (0.0,) * 9
FINE_SWEEP = SweepReport(True, "", (), True)


def test_the_stock_poses_are_those_of_the_contract():
    assert {*STOCK_POSES} == {*POSES}
    for name, pose in STOCK_POSES.items():
        assert pose == pytest.approx(POSES[name][:6], abs=1e-6)


class FirstHand:
    """Shows `pose` whatever it is told."""

    def __init__(self, *movements, pose=REST, applied=True):
        self.movements, self.pose, self.applied = movements, pose, applied
        self.calls = []

    def get_state(self):
        return SimpleNamespace(available_movements=self.movements)

    def set_movement(self, name):
        self.calls.append(name)
        return HandAck(self.applied, "frozen", name, "" if self.applied else "wrong mode")

    def freeze(self, frozen):
        self.calls.append(frozen)

    def shown(self):
        return self.pose


def test_a_movement_that_shows_is_fine():
    hand = FirstHand("Fist", pose=POSES["Fist"])

    (fist,) = check_first(hand, hand.shown)

    assert fist.is_fine
    assert fist.moved == dict.fromkeys(LABELS[:6], -1)
    assert hand.calls == ["Fist", False]


def test_a_movement_that_was_only_acknowledged_is_broken():
    hand = FirstHand("Fist")

    (fist,) = check_first(hand, hand.shown)

    assert not fist.is_fine
    assert "movements.toml" in fist.words


def test_a_movement_of_somebodys_own_shows_what_it_shows():
    hand = FirstHand("Wave", pose=(0, 0, -0.5, 0, 0, 0, 0, 0, 0))

    (wave,) = check_first(hand, hand.shown)

    assert (wave.is_fine, wave.moved) == (True, {"index": -0.5})


def test_a_refused_movement_is_broken_in_the_hands_words():
    hand = FirstHand("Fist", pose=POSES["Fist"], applied=False)

    (fist,) = check_first(hand, hand.shown)

    assert (fist.is_fine, fist.words) == (False, "wrong mode")


def test_a_hand_is_let_go_when_its_stream_is_lost():
    hand = FirstHand("Fist")

    def lost():
        raise HandError("no samples")

    with pytest.raises(HandError):
        list(check_first(hand, lost))

    assert hand.calls == ["Fist", False]


class SecondHand:
    """Shows a fist once it was told of any gesture."""

    def __init__(self, pose, *, sweep=FINE_SWEEP):
        self.pose, self.report = pose, sweep
        self.told = []

    def get_manifest(self):
        number = Capability(address="vhi.prediction.index", kind=ControlKind.CONTINUOUS)
        gesture = Capability(
            address="vhi.control.gesture", kind=ControlKind.DISCRETE, states=("Rest", "Fist")
        )
        return SimpleNamespace(capabilities=(number, gesture))

    def set_control(self, *, discrete):
        self.told += discrete.values()
        return ControlAck(True)

    def sweep(self, address, *, duration_s, both_directions):
        self.told.append(address)
        return self.report

    def shown(self):
        return self.pose


def test_gestures_are_compared_in_the_sign_of_generation_2_and_rested():
    hand = SecondHand((1, -1, 1, 1, 1, 1, 0, 0, 0))

    checked = {one.name: one.is_fine for one in check_second(hand, hand.shown, duration_s=1.0)}

    assert checked == {"Rest": False, "Fist": True, "vhi.prediction.index": True}
    assert hand.told == ["Rest", "Fist", "Rest", "vhi.prediction.index"]


def test_the_sign_of_generation_1_is_broken_in_generation_2():
    hand = SecondHand(POSES["Fist"])

    checked = {one.name: one.is_fine for one in check_second(hand, hand.shown, duration_s=1.0)}

    assert not checked["Fist"]


def test_a_sweep_that_another_clients_poses_went_before_says_so():
    hand = SecondHand(REST, sweep=SweepReport(True, "", (), False))

    *_, swept = check_second(hand, hand.shown, duration_s=1.0)

    assert not swept.is_fine
    assert "running rig" in swept.words
