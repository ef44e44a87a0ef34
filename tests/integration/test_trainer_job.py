"""The job program, as the operator's command line runs it: one document in, lines out."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emgrig.recording import SessionFacts, SessionWriter

JOB = [sys.executable, "-m", "emgrig_trainer.job"]


@pytest.fixture
def session(tmp_path) -> Path:
    """EMG of which the strength follows a slow force; no gap."""
    times = 5.0 + np.arange(6000) / 200.0
    force = np.sin(times) ** 2
    emg = np.random.default_rng(0).normal(size=(6000, 4)) * (0.05 + force)[:, None]
    with SessionWriter(tmp_path / "force.session.zip") as writer:
        writer.add_stream("emg", emg.astype(np.float32), timestamps=times, fs=200.0)
        writer.add_stream(
            "kinematics", force[:, None], timestamps=times, fs=200.0, channel_names=["grip"]
        )
        return writer.write(SessionFacts())


@pytest.fixture
def request_for(tmp_path):
    def make(session: Path, **keys) -> dict[str, Any]:
        document = {"command": "train", "sessions": [str(session)], "target": "kinematics"}
        options = {"models_dir": str(tmp_path / "models"), "hop_s": 0.05, "engine": "numpy"}
        return document | options | keys

    return make


def run(document) -> tuple[list[dict[str, Any]], int]:
    text = document if isinstance(document, str) else json.dumps(document)
    done = subprocess.run(JOB, input=text, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def test_a_trained_model_is_evaluated_window_by_window(session, request_for, tmp_path):
    lines, code = run(request_for(session, iterations=60))
    result = lines[-1]["result"]
    assert code == 0
    assert result["outputs"] == ["grip"]
    assert result["windows"] == 597
    assert result["validation"]["r2"] > 0.7

    file = tmp_path / "predictions.npz"
    evaluation = request_for(session, command="evaluate", model_id=result["model_id"])
    del evaluation["target"]
    lines, code = run(evaluation | {"predictions_file": str(file)})

    assert code == 0
    scores = lines[-1]["result"]
    assert scores["r2_per_target"][0] > 0.7
    assert len(scores["rmse_per_target"]) == 1
    with np.load(file, allow_pickle=False) as written:
        assert len(written["predictions"]) == scores["windows"] == 597


def test_a_terminated_run_says_so_and_leaves_nothing(session, request_for, tmp_path):
    with subprocess.Popen(JOB, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdin is not None
        assert job.stdout is not None
        job.stdin.write(json.dumps(request_for(session, iterations=100_000)))
        job.stdin.close()
        while json.loads(job.stdout.readline())["stage"] != "validate":
            pass
        job.send_signal(signal.SIGTERM)
        last = job.stdout.read().splitlines()[-1]
        code = job.wait()

    assert json.loads(last)["kind"] == "cancelled"
    assert code == 128 + signal.SIGTERM
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("document", ["", "no json", {"command": "train"}])
def test_a_request_that_cannot_be_read_is_refused(document):
    lines, code = run(document)

    assert code == 2
    assert lines[-1]["kind"] == "request"
    assert "expected a request" in lines[-1]["error"]


def test_a_damaged_session_is_refused(session, request_for):
    session.write_bytes(session.read_bytes()[:1000])

    lines, code = run(request_for(session))

    assert code == 2
    assert str(session) in lines[-1]["error"]


def test_a_missing_model_is_refused(session, request_for):
    document = request_for(session, command="evaluate", model_id="nobody")
    del document["target"]

    lines, code = run(document)

    assert code == 2
    assert "nobody" in lines[-1]["error"]
