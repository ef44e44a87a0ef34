import sys
import types

import pytest
from emgrig.errors import RequestError, ServiceFault
from emgrig_operator import jobs

ECHO = """
import json, sys
document = json.load(sys.stdin)
print(json.dumps({"stage": "fit", "done": 1, "total": 2}))
print("a library's own words")
print(json.dumps(document["answer"]))
"""


@pytest.fixture
def job(tmp_path, monkeypatch) -> types.SimpleNamespace:
    """A job program that answers what it is asked to answer."""
    (tmp_path / "echo_job.py").write_text(ECHO)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(jobs, "JOB", "echo_job")
    assert sys.executable
    updates: list = []
    run = lambda answer: jobs.run_job({"answer": answer}, updates.append)  # noqa: E731
    return types.SimpleNamespace(run=run, updates=updates)


def test_the_result_and_the_progress_come_through(job) -> None:
    assert job.run({"result": {"model_id": "m"}}) == {"model_id": "m"}
    assert job.updates == [{"stage": "fit", "done": 1, "total": 2}]


def test_a_refusal_keeps_its_words(job) -> None:
    with pytest.raises(RequestError, match="no such stream"):
        job.run({"error": "no such stream"})


def test_a_job_without_a_result_is_a_fault(job) -> None:
    with pytest.raises(ServiceFault, match="expected a result"):
        job.run({"stage": "done"})
