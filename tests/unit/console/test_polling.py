"""What the processes answered last, and whether it still holds."""

from types import SimpleNamespace

import pytest
from emgrig.errors import PeerLostError
from emgrig.testing import wait_until
from emgrig_console.polling import Polled, Polls


class Rig:
    """Answers, or not."""

    def __init__(self) -> None:
        self.is_there = True

    def call(self, process, method, request, deadline_s):
        if not self.is_there:
            raise PeerLostError("expected an answer")
        return SimpleNamespace(method=method)

    def programs(self):
        return []


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def polls(rig):
    asked = Polls(rig, rig.programs)
    yield asked
    asked.close()


def test_before_the_first_answer_nothing_is_live_and_nothing_is_wrong(polls) -> None:
    asked = polls.get("sessions")

    assert (asked.value, asked.error, asked.is_live) == (None, "", False)


def test_an_answer_stays_and_says_why_it_is_not_renewed(polls, rig) -> None:
    polls.start()
    wait_until(lambda: polls.get("sessions").is_live, 5)
    rig.is_there = False
    polls.hurry("sessions")

    wait_until(lambda: polls.get("sessions").error, 5)

    assert polls.get("sessions").value.method == "Recorder.ListSessions"
    assert "expected an answer" in polls.get("sessions").error


def test_what_is_asked_seldom_is_late_later(polls) -> None:
    assert polls.get("models").due_s > polls.get("recording").due_s


@pytest.mark.parametrize(("age_s", "is_live"), [(0.1, True), (3.0, False)])
def test_an_old_answer_is_not_live(age_s, is_live) -> None:
    assert Polled("x", age_s).is_live == is_live
    assert not Polled(None, age_s).is_live
