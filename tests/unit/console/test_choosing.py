"""What the next training takes, and what each session is worth."""

from functools import partial

import pytest
from emgrig.control import recorder_pb2
from emgrig.errors import PeerLostError, RequestError
from emgrig.testing import wait_until
from emgrig_console.quality import RETRY_S, Quality
from emgrig_console.selection import Selection


def test_everything_is_in_until_it_is_taken_out() -> None:
    selection = Selection()
    selection.set_session("a", is_taken=False)
    selection.set_class("Fist", is_taken=False)

    assert selection.sessions(["a", "b"]) == ["b"]
    assert selection.classes(["Rest", "Fist"]) == ["Rest"]
    selection.set_session("a", is_taken=True)
    assert selection.sessions(["a", "b"]) == ["a", "b"]


def test_a_session_that_is_renamed_stays_out() -> None:
    selection = Selection()
    selection.set_session("a", is_taken=False)

    selection.rename_session("a", "c")
    selection.rename_session("b", "d")

    assert selection.sessions(["c", "d"]) == ["d"]


class Recorder:
    """Answers as it is told to."""

    def __init__(self) -> None:
        self.is_there, self.n_asked, self.refusal = False, 0, ""

    def call(self, process, method, request, deadline_s):
        self.n_asked += 1
        if self.refusal:
            raise RequestError(self.refusal)
        if not self.is_there:
            raise PeerLostError("expected an answer of recorder")
        return recorder_pb2.AssessReply(findings=[recorder_pb2.Finding(name="rate", ok=True)])


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_a_failure_is_asked_again_later_and_an_answer_is_kept(recorder) -> None:
    now = [0.0]
    quality = Quality(recorder, clock=lambda: now[0])

    assert quality.of("a") is None
    wait_until(lambda: recorder.n_asked == 1, 5)
    recorder.is_there = True
    assert quality.of("a") is None
    now[0] = RETRY_S + 1

    wait_until(lambda: quality.of("a") is not None, 5)
    assert [finding.name for finding in quality.of("a")] == ["rate"]
    assert recorder.n_asked == 2


def has_answered(recorder, quality: Quality, n_asked: int) -> bool:
    return recorder.n_asked == n_asked and not quality._is_busy


def test_a_session_that_never_gets_a_report_is_asked_for_less_and_less(recorder) -> None:
    now = [0.0]
    quality = Quality(recorder, clock=lambda: now[0])
    for n_before, wait_s in enumerate((0.0, RETRY_S, 2 * RETRY_S, 4 * RETRY_S)):
        now[0] += wait_s - 1
        quality.of("a")
        now[0] += 2
        quality.of("a")
        wait_until(partial(has_answered, recorder, quality, n_before + 1), 5)


def test_a_report_that_is_refused_says_why_and_is_not_asked_for_again(recorder) -> None:
    now = [0.0]
    quality = Quality(recorder, clock=lambda: now[0])
    recorder.refusal = "expected a session, got a torn file"

    wait_until(lambda: quality.of("a") is not None, 5)
    now[0] += 1000 * RETRY_S
    findings = quality.of("a")

    assert findings is not None
    (finding,) = findings
    assert (finding.ok, finding.measured) == (False, recorder.refusal)
    assert recorder.n_asked == 1
