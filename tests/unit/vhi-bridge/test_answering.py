"""What the operator is told of a hand that is busy, and what the hand does then."""

import threading
from types import SimpleNamespace

import pytest
from emgrig.control import hand_pb2
from emgrig.errors import HandError
from emgrig_vhi_bridge.answering import HandServicer

from tests.deadlines import MS


class Call:
    """A caller on the line; `hang_up` as gRPC tells it."""

    def __init__(self):
        self.waits = threading.Event()

    def add_callback(self, callback):
        self.hang_up = callback
        self.waits.set()
        return True


@pytest.fixture
def servicer(link):
    return HandServicer(SimpleNamespace(link=link), 100 * MS)


@pytest.fixture
def busy_hand(hand, link):
    """One that is asked for its state and does not answer until the end of the test."""
    hand.answers.clear()
    hand.asked.clear()
    assert hand.asked.wait(10)
    yield hand
    hand.answers.set()


def test_what_a_busy_hand_was_not_told_it_does_not_do_later(servicer, busy_hand):
    with pytest.raises(HandError, match="it was not told"):
        servicer.SetSpeed(hand_pb2.HandSpeed(frequency_hz=2.0), Call())

    busy_hand.answers.set()
    busy_hand.next_probe()

    assert busy_hand.calls == []


def test_a_session_is_told_however_late(servicer, busy_hand):
    with pytest.raises(HandError, match="may do it yet"):
        servicer.SetSession(hand_pb2.SetSessionRequest(active=True), Call())

    busy_hand.answers.set()
    busy_hand.next_probe()

    assert busy_hand.session


def test_who_hangs_up_has_called_it_off(link, busy_hand):
    servicer = HandServicer(SimpleNamespace(link=link), 10)
    call, heard = Call(), []

    def ask():
        with pytest.raises(HandError) as caught:
            servicer.SetSpeed(hand_pb2.HandSpeed(frequency_hz=2.0), call)
        heard.append(str(caught.value))

    caller = threading.Thread(target=ask)
    caller.start()
    assert call.waits.wait(10)
    call.hang_up()
    caller.join(5)
    busy_hand.answers.set()
    busy_hand.next_probe()

    assert "hung up" in heard[0]
    assert busy_hand.calls == []
