from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from emgrig.errors import RequestError
from emgrig.runtime import Job, JobFailedError

ECHO = """
import json, sys
document = json.load(sys.stdin)
print(json.dumps({"stage": "fit", "done": 1, "total": 2}))
print(json.dumps(document["answer"]))
"""

type Ask = Callable[[dict[str, Any]], Job]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Start a job that answers what it is asked to answer."""
    (tmp_path / "echo_job.py").write_text(ECHO)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    started: list[Job] = []

    def start(answer: dict[str, Any]) -> Job:
        started.append(Job("echo_job", {"answer": answer}))
        return started[-1]

    yield start
    for job in started:
        with job:
            pass


def test_the_reports_come_first_and_then_the_result_is_there(ask: Ask) -> None:
    job = ask({"result": {"model_id": "m"}})

    assert list(job.reports()) == [{"stage": "fit", "done": 1, "total": 2}]
    assert job.result == {"model_id": "m"}


@pytest.mark.parametrize("kind", ["request", "cancelled"])
def test_a_refusal_keeps_its_words(ask: Ask, kind: str) -> None:
    with pytest.raises(RequestError, match="no such stream"):
        list(ask({"error": "no such stream", "kind": kind}).reports())


def test_a_fault_of_the_job_is_no_refusal(ask: Ask) -> None:
    with pytest.raises(JobFailedError, match="it broke"):
        list(ask({"error": "it broke", "kind": "fault"}).reports())


def test_a_job_that_ends_without_a_result_has_failed(ask: Ask) -> None:
    with pytest.raises(JobFailedError, match="expected a result of echo_job, got exit code 0"):
        list(ask({"stage": "done"}).reports())


def test_a_job_that_cannot_start_has_failed() -> None:
    with (
        Job("no_such_module_of_ours", {}) as job,
        pytest.raises(JobFailedError, match="got exit code 1"),
    ):
        list(job.reports())


def test_a_job_that_dies_in_the_middle_of_a_line_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dying_job.py").write_text("""print('{"result": {"model_', end="")""")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with Job("dying_job", {}) as job, pytest.raises(JobFailedError, match="got exit code 0"):
        list(job.reports())
