"""What failed stays undone: who was told so counts on a hand that does not move later."""

from concurrent.futures import CancelledError
from contextlib import contextmanager

import pytest
from emgrig_vhi_bridge.found_hand import Speed


@contextmanager
def busy(hand):
    """Let the hand answer nothing until the block ends; it is being asked something by then."""
    hand.answers.clear()
    hand.asked.clear()
    assert hand.asked.wait(10)
    yield
    hand.answers.set()


def lose_and_return(hand):
    hand.absent = True
    hand.next_probe()
    hand.restart()
    hand.calls.clear()
    hand.next_probe()


def test_a_cue_that_failed_is_not_done_when_the_hand_comes_back(link, hand):
    hand.absent = True
    assert not link.set_movement("Fist").result(5).applied

    lose_and_return(hand)

    assert hand.calls == []
    assert hand.movement == "Rest"


@pytest.mark.parametrize("fail", ["set_movement", "freeze"])
def test_nor_is_the_one_that_it_was_to_replace(link, hand, fail):
    link.set_movement("Fist").result(5)
    hand.absent = True
    asked = link.set_movement("Rest") if fail == "set_movement" else link.freeze(False)
    assert not asked.result(5).applied

    lose_and_return(hand)

    assert hand.calls == []


def test_what_is_predicted_is_told_to_a_hand_that_comes_back(link, hand):
    hand.absent = True
    link.set_movement("Fist", lasting=True).result(5)

    lose_and_return(hand)

    assert hand.calls == [("movement", "Fist")]


def test_a_command_that_waits_can_be_called_off(link, hand):
    with busy(hand):
        asked = [link.set_movement("Fist"), link.set_speed(Speed(frequency_hz=2.0))]
        assert all(one.cancel() for one in asked)

    hand.next_probe()

    assert hand.calls == []
    with pytest.raises(CancelledError):
        asked[0].result(0)


def test_a_cue_can_be_called_off_as_long_as_its_hand_is_looked_for(link, hand):
    hand.absent = True
    link.set_speed(Speed()).result(5)
    hand.calls.clear()
    hand.answers.clear()
    hand.absent = False
    hand.asked.clear()
    asked = link.set_movement("Fist")
    assert hand.asked.wait(10)

    assert asked.cancel()
    hand.answers.set()
    hand.next_probe()

    assert hand.calls == []


def test_a_newer_command_takes_the_place_of_one_that_was_called_off(link, hand):
    with busy(hand):
        link.set_movement("Fist").cancel()
        newer = link.set_movement("Rest")

    assert newer.result(5).applied
    assert hand.calls == [("movement", "Rest")]


def test_the_session_of_a_take_is_not_called_off(link, hand):
    with busy(hand):
        asked = link.set_session(True)
        assert not asked.cancel()

    assert asked.result(5).applied
    assert hand.session
