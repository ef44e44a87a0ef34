"""What a hand of generation 2 is told: sweeps that may run already, calls that it may lack."""

from types import SimpleNamespace

import pytest
from emgrig.errors import HandProtocolError
from emgrig_vhi_bridge.found_hand import Held
from emgrig_vhi_bridge.second_hand import SecondHand

GESTURE = SimpleNamespace(address="vhi.control.gesture", states=("Rest", "Fist"), rest_state="Rest")
RESOLVED = SimpleNamespace(gesture=GESTURE, drives=())
RESTING = {"vhi.control.gesture": "Rest"}


class FakeClient:
    """Keeps what it was asked; what it lacks ends as an unimplemented call does."""

    n_lost = 0
    trajectory = ""

    def __init__(self, *, lacks=()):
        self.lacks = lacks
        self.calls = []
        self.sweeps = True

    def _ask(self, name, *what):
        if name in self.lacks:
            raise HandProtocolError(f"{name} is not implemented")
        self.calls.append((name, *what))

    def stop_trajectory(self):
        self._ask("stop_trajectory")
        self.sweeps = False

    def start_trajectory(self, name, **speed):
        self._ask("start_trajectory", name)
        return SimpleNamespace(applied=not self.sweeps, message="" if not self.sweeps else "runs")

    def set_control(self, *, discrete):
        self._ask("set_control", discrete)
        rejected = {GESTURE.address: "a trajectory runs"} if self.sweeps else {}
        return SimpleNamespace(applied=not rejected, rejected=rejected)

    def set_recording_session(self, active):
        self._ask("set_recording_session", active)
        return SimpleNamespace(applied=True, message="")

    def get_recording_state(self):
        self._ask("get_recording_state")
        return SimpleNamespace(
            animation_state="frozen",
            current_movement="Fist",
            trajectory_movement=self.trajectory,
            recording_session_active=False,
            available_movements=("Rest", "Fist"),
        )

    def get_manifest(self):
        self._ask("get_manifest")


def hand_with(client):
    return SecondHand(client, RESOLVED, "")


def test_a_sweep_of_an_earlier_connection_is_ended_before_a_gesture():
    client = FakeClient()

    assert hand_with(client).set_movement("Fist").applied
    assert client.calls[:2] == [("stop_trajectory",), ("set_control", {GESTURE.address: "Fist"})]


def test_a_sweep_of_an_earlier_connection_is_ended_before_another_sweep():
    assert hand_with(FakeClient()).set_movement("Fist", sweep=True).applied


def test_a_new_connection_rests_what_an_older_one_held():
    client = FakeClient()

    hand_with(client).rest(Held("Fist"))

    assert client.calls == [("stop_trajectory",), ("set_control", RESTING)]


def test_nothing_is_rested_that_was_not_held():
    client = FakeClient()

    hand_with(client).rest(None)

    assert client.calls == [("stop_trajectory",)]


def test_a_hand_without_trajectories_holds_gestures_all_the_same():
    client = FakeClient(lacks=("stop_trajectory",))
    client.sweeps = False

    assert hand_with(client).set_movement("Fist").applied


def test_a_hand_without_a_session_still_says_its_state():
    hand = hand_with(FakeClient(lacks=("set_recording_session",)))

    assert hand.set_session_active(True).applied
    state = hand.get_state()

    assert state.available_movements == ("Rest", "Fist")
    assert not hand.has_forgotten(state, session=True)


@pytest.mark.parametrize(("told", "forgotten"), [(None, False), (False, False), (True, True)])
def test_a_hand_that_lost_its_session_has_forgotten(told, forgotten):
    hand = hand_with(FakeClient())

    assert hand.has_forgotten(hand.get_state(), session=told) is forgotten


def test_a_hand_that_was_lost_between_two_calls_has_forgotten():
    client = FakeClient()
    hand = hand_with(client)
    assert not hand.has_forgotten(hand.get_state(), session=None)

    client.n_lost += 1

    assert hand.has_forgotten(hand.get_state(), session=None)


def test_a_hand_in_a_sweep_says_of_which_movement():
    client = FakeClient()
    client.trajectory = "Index"

    assert SecondHand(client, RESOLVED, "").get_state().current_movement == "Index"
