"""The protocol that the rig runs, on the page: whoever began it, and whatever becomes of it."""

import pytest
from emgrig.control import hand_pb2
from emgrig_console.jobs import JobState
from emgrig_console.polling import Polled
from emgrig_console.protocol_watch import ProtocolWatch

from tests.unit.console.polled import NEVER, live, old

SHOWN = {"running": True, "run_id": "a", "name": "fists", "step": 2, "n_steps": 3}
SHOWN |= {"gesture": "Fist", "elapsed_s": 5.0, "remaining_s": 15.0}
DONE = {"run_id": "a", "name": "fists", "session": "s", "step": 3, "n_steps": 3}


def status(**fields) -> hand_pb2.HandStatus:
    return hand_pb2.HandStatus(recording_protocol=hand_pb2.ProtocolStatus(**fields))


class Answers:
    """What vhi-bridge answered last."""

    def __init__(self, polled: Polled) -> None:
        self.polled = polled

    def get(self, name: str) -> Polled:
        assert name == "hand"
        return self.polled


def watch(polled: Polled) -> tuple[ProtocolWatch, Answers, list]:
    answers, replaced = Answers(polled), []
    return ProtocolWatch(None, answers, replaced=replaced.append), answers, replaced


def test_one_that_somebody_else_began_counts_down_here() -> None:
    seen, _, _ = watch(Polled(status(**SHOWN), 1.0))

    job = seen.get()

    assert (job.title, job.can_cancel, seen.is_running) == ("Protocol fists", True, True)
    assert job.progress.words == "Fist, step 2 of 3"
    # The answer is a second old.
    assert job.progress.remaining_s == 14.0
    assert job.progress.share == pytest.approx(0.3)


def test_nothing_is_said_where_nothing_ran() -> None:
    for polled in (NEVER, live(status())):
        seen, _, _ = watch(polled)
        assert seen.get() is None
        assert not seen.is_running


def test_what_is_not_heard_is_not_shown_as_live() -> None:
    seen = watch(old(status(**SHOWN)))[0]
    job = seen.get()

    # Its take can be stopped by hand.
    assert not seen.is_running
    assert "does not answer" in job.progress.words
    assert (job.progress.share, job.can_cancel) == (None, False)


def test_while_its_session_is_made_there_is_nothing_to_cancel() -> None:
    job = watch(live(status(**(SHOWN | {"gesture": "", "remaining_s": 0.0}))))[0].get()

    assert (job.progress.words, job.can_cancel) == ("making the session file", False)


def test_how_it_ended_is_said_until_it_is_dismissed() -> None:
    seen, answers, replaced = watch(live(status(**DONE)))
    assert (seen.get().state, seen.get().result) == (JobState.DONE, "s")

    answers.polled = live(status(run_id="b", error="no such movement"))
    assert (seen.get().state, seen.get().error) == (JobState.FAILED, "no such movement")
    answers.polled = live(status(run_id="c", error="cancelled", cancelled=True))
    assert seen.get().state is JobState.CANCELLED
    assert [job.state for job in replaced if job] == [JobState.DONE, JobState.FAILED]
    seen.dismiss()
    assert seen.get() is None


def test_one_that_died_with_the_bridge_says_what_to_do_about_its_take() -> None:
    seen, answers, _ = watch(live(status(**SHOWN)))
    assert seen.get().is_running

    answers.polled = live(status())

    assert seen.get().state is JobState.FAILED
    assert "emgrig record stop" in seen.get().error
