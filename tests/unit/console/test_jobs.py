"""A long action of another process, waited for or not."""

import threading
from collections.abc import Iterator

import pytest
from emgrig.errors import RequestError
from emgrig.testing import wait_until
from emgrig_console.jobs import Awaited, Job, JobState


class Take:
    """Work that ends when it is told to.

    Attributes:
        error: What it ends with; None for nothing.
        left: Jobs that nobody waited for.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.left: list[Job | None] = []
        self.go, self.has_ended = threading.Event(), threading.Event()
        self.can_leave = True
        self.awaited = Awaited(self.left.append, lambda: self.can_leave)

    def work(self) -> None:
        self.go.wait(10)
        self.has_ended.set()
        if self.error is not None:
            raise self.error

    def end(self) -> Job:
        """Let it end; returns what is said of it."""
        self.go.set()
        wait_until(lambda: not self.awaited.is_running, 5)
        job = self.awaited.get()
        assert job is not None
        return job


@pytest.fixture
def take() -> Iterator[Take]:
    take = Take()
    yield take
    take.go.set()


def test_one_is_waited_for_at_a_time(take: Take) -> None:
    take.awaited.start("Saving", take.work)

    with pytest.raises(RequestError, match="still running"):
        take.awaited.start("Saving", take.work)

    assert take.end().state is JobState.DONE
    take.awaited.start("Saving the next", take.work)
    assert take.end().title == "Saving the next"


def test_what_goes_wrong_is_told_until_it_is_dismissed(take: Take) -> None:
    take.error = RequestError("expected room, got none")
    take.awaited.start("Saving", take.work)

    ended = take.end()

    assert (ended.state, ended.error) == (JobState.FAILED, "expected room, got none")
    take.awaited.dismiss()
    assert take.awaited.get() is None


def test_what_was_not_dismissed_is_told_when_the_next_begins(take: Take) -> None:
    take.error = RequestError("expected room, got none")
    take.awaited.start("Saving", take.work)
    failed = take.end()

    take.awaited.start("Saving the next", take.work)

    assert [job.error for job in take.left if job] == [failed.error]
    take.end()


def test_who_does_not_wait_any_more_is_told_of_its_end(take: Take) -> None:
    take.error = RequestError("expected room, got none")
    take.awaited.start("Saving", take.work)
    take.left.clear()

    take.awaited.cancel()
    assert take.awaited.get() is None
    assert not take.has_ended.is_set()
    take.go.set()

    wait_until(lambda: take.left, 5)
    assert [(job.title, job.error) for job in take.left if job] == [("Saving", str(take.error))]
    assert take.awaited.get() is None


def test_the_end_of_one_that_was_left_says_nothing_of_the_next(take: Take) -> None:
    first, second = take, threading.Event()
    first.awaited.start("Saving", first.work)
    first.awaited.cancel()
    first.awaited.start("Saving the next", lambda: second.wait(10))
    first.left.clear()

    first.go.set()
    wait_until(lambda: first.left, 5)

    job = first.awaited.get()
    assert job is not None
    assert (job.title, job.is_running) == ("Saving the next", True)
    second.set()
    first.end()


def test_whether_one_can_be_left_is_asked_each_time(take: Take) -> None:
    take.awaited.start("Saving", take.work)

    for can_leave in (False, True):
        take.can_leave = can_leave
        job = take.awaited.get()
        assert job is not None
        assert job.can_cancel is can_leave
    take.end()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_breaks_does_not_run_for_ever(take: Take) -> None:
    take.error = KeyError("not what anybody thought of")
    take.awaited.start("Saving", take.work)

    ended = take.end()

    assert ended.state is JobState.FAILED
    assert "the console itself failed" in ended.error
