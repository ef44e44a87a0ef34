"""The hand's client and server on loopback: what is asked is what arrives."""

import threading

import pytest
from emgrig.control import (
    ControlMode,
    Freeze,
    GetState,
    HandAck,
    HandState,
    HandV1Client,
    SetControlMode,
    SetMovement,
    SetSessionActive,
    SetSmoothing,
    SetSpeed,
    serve_hand_v1,
)
from emgrig.errors import HandError, PeerError
from emgrig.testing import wait_until

from tests.deadlines import MS

ACK = HandAck(False, "holding", "Fist", "not today")
STATE = HandState("opening", "Rest", True, ("Rest", "Fist"), "AI", ControlMode.IDLE)


class Hand:
    """A hand that takes note of what it is told."""

    def __init__(self):
        self.told = []
        self.error = None
        self.waits = lambda: None

    def __call__(self, command):
        self.told.append(command)
        self.waits()
        if self.error:
            raise self.error
        return STATE if isinstance(command, GetState) else ACK


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def server(hand):
    server = serve_hand_v1(hand, "127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture
def client(server):
    client = HandV1Client("127.0.0.1", server.port)
    yield client
    client.close()


def test_every_command_arrives_as_it_was_given(hand, client):
    answers = [
        client.set_movement("Fist", cycle=True),
        client.freeze(True),
        client.set_speed(frequency_hz=0.25, hold_time_s=2),
        client.set_smoothing(True, speed=3),
        client.set_session_active(True),
        client.set_control_mode(99),
    ]

    assert hand.told == [
        SetMovement("Fist", True),
        Freeze(True),
        SetSpeed(0.25, 2.0, -1.0),
        SetSmoothing(True, 3.0),
        SetSessionActive(True),
        SetControlMode(99),
    ]
    assert answers == [ACK] * 6


def test_the_state_arrives_as_it_was_answered(client):
    assert client.get_state() == STATE


def test_a_hand_that_shuts_down_is_a_hand_error(hand, client):
    hand.error = PeerError("shutting down")

    with pytest.raises(HandError, match="UNKNOWN: shutting down"):
        client.get_state()


def test_a_hand_that_hangs_is_told_in_words_with_what_to_do(hand, server):
    goes_on = threading.Event()
    hand.waits = goes_on.wait
    client = HandV1Client("127.0.0.1", server.port, deadline_s=100 * MS)

    with pytest.raises(HandError, match=r"got none in time; see whether it hangs") as caught:
        client.get_state()

    assert "DEADLINE" not in str(caught.value)
    goes_on.set()
    client.close()


def test_a_port_is_served_once(hand, server):
    with pytest.raises(PeerError, match="grpc_port"):
        serve_hand_v1(hand, "127.0.0.1", server.port)


def test_an_absent_hand_is_a_hand_error_at_once(hand):
    server = serve_hand_v1(hand, "127.0.0.1", 0)
    client = HandV1Client("127.0.0.1", server.port)
    server.close()
    server.close()

    with pytest.raises(HandError, match="expected an answer of the hand"):
        client.get_state()
    client.close()
    with pytest.raises(HandError):
        client.get_state()


def test_a_connection_that_ended_between_two_calls_is_counted(hand, server, client):
    client.get_state()
    # gRPC looks at a connection five times a second: of a shorter one it tells nothing.
    threading.Event().wait(1000 * MS)
    assert client.n_lost == 0

    server.close()
    wait_until(lambda: client.n_lost == 1, 5.0)
    again = serve_hand_v1(hand, "127.0.0.1", server.port)
    wait_until(lambda: answers(client), 5.0)

    assert client.n_lost == 1
    again.close()


def answers(client):
    try:
        return client.get_state() == STATE
    except HandError:
        return False
