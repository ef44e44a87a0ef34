"""Recordings of people: the baselines are reached, and serving agrees with evaluation."""

import secrets
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import predictor_pb2
from emgrig.messages import Message
from emgrig.recording import SessionFacts, SessionWriter
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig.transport import Source, Subscriber
from emgrig_operator.datasets import read_folder
from emgrig_operator.splitting import split_dataset
from google.protobuf.json_format import MessageToDict

from tests.deadlines import MS
from tests.integration.operator_commands import ROOT, command_line, document_of

pytestmark = pytest.mark.timeout(180)

FORCE_SET, GESTURE_SET = "grip_force_myo_v08", "gestures_myo_p01"
# Source: data/README.md of the shared recordings, columns raw/sub and raw/win.
FORCE_BASELINE_R2, GESTURE_BASELINE_ACCURACY = 0.940, 0.848
TOLERANCE = 0.03
HOP_SAMPLES = 10
"""50 ms at the 200 Hz of the armband."""
EXPECTED = {"expected_window_samples": 40, "expected_rate_hz": 200.0}


@pytest.fixture(scope="module")
def data() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the recordings of people are not here ({folder})")
    return folder


@pytest.fixture(scope="module")
def rig(tmp_path_factory) -> Rig:
    tables = {
        "emg-acquirer": {
            "stream_name": f"Real{secrets.token_hex(4)}",
            "hop_samples": HOP_SAMPLES,
        },
        "feature-extractor": EXPECTED,
    }
    return make_rig(tmp_path_factory.mktemp("real"), tables)


@pytest.fixture(scope="module")
def force(data, rig) -> tuple[str, Path]:
    """A model of the first series of presses, and the session with the second one."""
    out = rig.data_dir / "imported"
    document_of("import", data / FORCE_SET, "--out", out)
    train = out / f"{FORCE_SET}-train.session.zip"
    options = ["--local", train, "--target", "kinematics", "--config", rig.path]
    trained = document_of("train", *options)
    assert trained["windows"] > 400
    assert trained["validation"]
    return trained["model_id"], out / f"{FORCE_SET}-test.session.zip"


def test_every_set_is_cut_into_what_trains_and_what_tests(data) -> None:
    folders = [path for path in sorted(data.iterdir()) if path.is_dir()]
    assert folders

    for folder in folders:
        dataset = read_folder(folder)
        parts = split_dataset(dataset)
        assert [part.split for part in parts] == ["train", "test"], folder.name
        assert bool(parts[0].labels) == bool(parts[1].labels) == bool(dataset.labels)
        n_kept = sum(len(part.signals["emg"].timestamps) for part in parts)
        # What lies between the two is a second or two.
        assert n_kept >= 0.98 * len(dataset.signals["emg"].timestamps), folder.name


def test_grip_force_reaches_its_baseline(force, rig) -> None:
    model_id, session = force

    scores = document_of("evaluate", model_id, session, "--config", rig.path)

    assert len(scores["r2_per_target"]) == len(scores["rmse_per_target"]) == 1
    assert scores["r2_per_target"][0] >= FORCE_BASELINE_R2 - TOLERANCE


def test_gestures_reach_their_baseline(data, rig) -> None:
    out = rig.data_dir / "imported"
    document_of("import", data / GESTURE_SET, "--out", out)
    train, test = (out / f"{GESTURE_SET}-{split}.session.zip" for split in ("train", "test"))
    options = ["--kind", "classification", "--hop", "0.1", "--sub-window", "0"]
    where = ["--config", rig.path]

    model_id = document_of("train", "--local", train, *options, *where)["model_id"]
    scores = document_of("evaluate", model_id, test, "--hop", "0.1", *where)

    assert scores["accuracy"] >= GESTURE_BASELINE_ACCURACY - TOLERANCE
    assert 0 < scores["balanced_accuracy"] <= 1


def test_a_replayed_session_gives_live_the_predictions_of_evaluate(force, rig) -> None:
    model_id, session = force
    check_live_agrees(model_id, session, rig, "prediction/hand")


def test_classes_of_a_session_with_gaps_are_the_same_live_through_the_filters(tmp_path) -> None:
    """Nothing about filters or windows is said to train: they are those of the rig."""
    acquirer = {
        "stream_name": f"Gaps{secrets.token_hex(4)}",
        "hop_samples": HOP_SAMPLES,
        "window_s": 0.25,
        "highpass_hz": 20.0,
        "notch_hz": 50.0,
    }
    # The other live comparison has PyTorch in it.
    numpy = {"engine": "numpy"}
    extractor: dict[str, Any] = {**EXPECTED, **numpy}
    tables = {"emg-acquirer": acquirer, "feature-extractor": extractor, "trainer": numpy}
    rig = make_rig(tmp_path, tables)
    session = write_session_with_gaps(tmp_path / "gaps.session.zip")
    options = ["--kind", "classification", "--iterations", "30", "--config", rig.path]
    trained = document_of("train", "--local", session, *options)

    check_live_agrees(trained["model_id"], session, rig, "prediction/gesture")


def write_session_with_gaps(path: Path) -> Path:
    """Write 18 s of a class in turns of 3 s, on an offset, with two gaps and a value missing."""
    rng, times = np.random.default_rng(5), 100.0 + np.arange(3600) / 200
    turn = ((times - 100) // 3).astype(int)
    emg = 1000 + rng.normal(size=(3600, 8)) * np.where(turn % 2, 50.0, 5.0)[:, np.newaxis]
    emg[0, 2] = np.nan
    is_there = ~np.isin(np.arange(3600), [*range(1000, 1090), *range(2511, 2572)])
    with SessionWriter(path) as writer:
        emg, times = emg[is_there].astype(np.float32), times[is_there]
        writer.add_stream("emg", emg, timestamps=times, fs=200.0)
        labels = [(100.0 + 3 * k, k % 2) for k in range(6)]
        return writer.write(SessionFacts(labels=labels, class_names=["Rest", "Fist"]))


def check_live_agrees(model_id: str, session: Path, rig: Rig, topic: str) -> None:
    """Compare, window by window, what the processes say of a session with `emgrig evaluate`."""
    offline = evaluated(model_id, session, rig)
    with ExitStack() as stack:
        names = ("emg-acquirer", "feature-extractor", "predictor")
        live = {name: stack.enter_context(running(name, rig)) for name in names}
        load = predictor_pb2.LoadModelRequest(model_id=model_id)
        live["predictor"].client.call("Predictor.LoadModel", load, deadline_s=20)
        messages = replayed(session, rig, topic, int(offline["sample_index"][-1]))
        compare(messages, offline, live)


def compare(
    messages: list[Message], offline: dict[str, np.ndarray], live: dict[str, Process]
) -> None:
    # The hot path may skip a window for a newer one when the cores are busy, and counts it.
    n_windows = len(offline["sample_index"])
    assert len(messages) + n_superseded(live) == n_windows
    assert len(messages) >= 0.5 * n_windows
    position = {index: i for i, index in enumerate(offline["sample_index"].tolist())}
    wanted = offline["predictions"][[position[m.sample_index] for m in messages]]
    np.testing.assert_allclose(np.stack([m.data for m in messages]), wanted, rtol=0, atol=1e-4)


def n_superseded(live: dict[str, Process]) -> int:
    """Count, by the ledgers, the windows and features that gave way to newer ones."""
    n = 0
    for name, topic in (("feature-extractor", "window/emg"), ("predictor", "features/emg")):
        ledger = MessageToDict(settled_status(live[name], topic).ledger)
        n += int(ledger[topic]["skipped"].get("superseded", 0))
    return n


def settled_status(process: Process, topic: str) -> Any:
    """Return a status that was made after the last message of a topic: health is a second old."""
    wait_until(lambda: process.status().ages_s[topic] > 2.5, 10_000 * MS)
    return process.status()


def evaluated(model_id: str, session: Path, rig: Rig) -> dict[str, np.ndarray]:
    path = rig.data_dir / "offline.npz"
    options = ["--predictions", path, "--config", rig.path]
    document_of("evaluate", model_id, session, *options)
    with np.load(path) as archive:
        return dict(archive)


def replayed(session: Path, rig: Rig, topic: str, last_index: int) -> list[Message]:
    """Play a session into the rig and return its predictions, up to the last window's."""
    source = Source("predictor", rig.endpoints("predictor"))
    name = rig.tables["emg-acquirer"]["stream_name"]
    words = command_line("replay", session, "--name", name, "--stream", "emg", "--wait", "20")
    subscriber = Subscriber([source], [topic], keep="all")
    replay = subprocess.Popen(
        [*words, "--speed", "1.5"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    messages: list[Message] = []
    try:
        while not messages or messages[-1].sample_index < last_index:
            message = subscriber.receive(30_000 * MS)
            assert message is not None, f"the last of {len(messages)} predictions is missing"
            messages.append(message)
    finally:
        subscriber.close()
        replay.kill()
        replay.wait()
    return messages
