import threading

import pytest
from emgrig.errors import RequestError
from emgrig.testing import wait_until
from emgrig_console.jobs import Jobs, JobState, Progress


def test_a_job_reports_and_ends_with_its_result() -> None:
    jobs, go = Jobs(), threading.Event()

    def work(report, cancelled):
        report(Progress(0.5, "half", 3.0))
        go.wait(5)
        return "model"

    jobs.start("train", "Training", work)
    wait_until(lambda: jobs.get("train").progress.share == 0.5, 5)
    assert jobs.get("train").is_running
    with pytest.raises(RequestError, match="still running"):
        jobs.start("train", "Training", work)
    go.set()

    wait_until(lambda: not jobs.get("train").is_running, 5)
    assert (jobs.get("train").state, jobs.get("train").result) == (JobState.DONE, "model")


def test_what_goes_wrong_is_told_and_can_be_dismissed() -> None:
    jobs = Jobs()

    def work(report, cancelled):
        raise RequestError("expected sessions, got none")

    jobs.start("train", "Training", work)
    wait_until(lambda: jobs.get("train").state is JobState.FAILED, 5)

    assert jobs.get("train").error == "expected sessions, got none"
    jobs.dismiss("train")
    assert jobs.get("train") is None


def test_a_cancelled_job_says_so() -> None:
    jobs = Jobs()

    jobs.start("train", "Training", lambda report, cancelled: f"{cancelled.wait(5)}")
    jobs.cancel_all()

    wait_until(lambda: jobs.get("train").state is JobState.CANCELLED, 5)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_breaks_does_not_run_for_ever() -> None:
    jobs = Jobs()

    def work(report, cancelled):
        raise KeyError("not what anybody thought of")

    jobs.start("train", "Training", work)

    wait_until(lambda: not jobs.is_running("train"), 5)
    assert jobs.get("train").state is JobState.FAILED
    assert "the console itself failed" in jobs.get("train").error
