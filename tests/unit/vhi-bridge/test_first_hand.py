"""What a hand of generation 1 is told at the end, and how it shows that it forgot."""

from types import SimpleNamespace

import pytest
from emgrig.control import ControlMode
from emgrig_vhi_bridge.first_hand import FirstHand
from emgrig_vhi_bridge.found_hand import Held


class FakeClient:
    n_lost = 0

    def __init__(self):
        self.calls = []

    def freeze(self, frozen):
        self.calls.append(("freeze", frozen))

    def set_control_mode(self, mode):
        self.calls.append(("mode", mode))


def state(*, session=False, mode=ControlMode.MOVEMENT):
    return SimpleNamespace(session_active=session, control_mode=mode)


@pytest.mark.parametrize(
    ("held", "calls"),
    [(None, []), (Held("Fist"), []), (Held("Fist", sweep=True), [("freeze", False)])],
)
def test_only_a_loop_is_ended_when_we_leave(held, calls):
    client = FakeClient()

    FirstHand(client).rest(held)

    assert client.calls == calls


def test_a_control_hand_that_followed_our_stream_is_given_back():
    client = FakeClient()

    FirstHand(client, streams=True).rest(None)

    assert client.calls == [("mode", ControlMode.MOVEMENT)]


def test_a_hand_in_another_mode_than_our_stream_needs_has_forgotten():
    hand = FirstHand(FakeClient(), streams=True)

    assert hand.has_forgotten(state(), session=None)
    assert not hand.has_forgotten(state(mode=ControlMode.STREAM), session=None)


def test_a_hand_that_lost_its_session_has_forgotten():
    hand = FirstHand(FakeClient())

    assert hand.has_forgotten(state(), session=True)
    assert not hand.has_forgotten(state(session=True), session=True)


def test_a_hand_that_was_lost_between_two_calls_has_forgotten():
    client = FakeClient()
    hand = FirstHand(client)

    client.n_lost += 1

    assert hand.has_forgotten(state(), session=None)
