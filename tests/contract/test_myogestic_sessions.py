"""Sessions go both ways between this rig and the MyoGestic library, the real one."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import (
    JournalWriter,
    WindowSpec,
    export_session,
    iter_aligned_windows,
    iter_labeled_windows,
    open_session,
)

ROOT = Path(__file__).parents[2]
PARTNER = ROOT / "build" / "peers" / "myogestic-2.0.2" / "bin" / "python"
DRIVER = Path(__file__).with_name("myogestic_partner.py")
SPEC = WindowSpec(window_samples=409, hop_samples=204)

pytestmark = pytest.mark.skipif(
    not PARTNER.exists(),
    reason="no environment with the MyoGestic library; make one with tools/peers.sh",
)


def partner(*words):
    """Run the partner's driver and return what it printed, one JSON value per line."""
    command = [PARTNER, DRIVER, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def chunks(topic, data, times, fs, size):
    """Return a stream's samples as messages."""
    return [
        Message(
            topic=topic,
            source="emg-acquirer",
            epoch="a",
            seq=seq,
            t_first=times[start],
            t_last=times[start : start + size][-1],
            sample_index=start,
            fs=fs,
            data=data[start : start + size],
            fields={
                "timestamps": pack_timestamps(times[start : start + size]),
                "channel_names": [f"c{index}" for index in range(data.shape[1])],
            },
        )
        for seq, start in enumerate(range(0, len(data), size))
    ]


@pytest.fixture(scope="module")
def streams():
    """Four seconds of EMG and kinematics: name -> (data, times, rate)."""
    rng = np.random.default_rng(3)
    emg = rng.standard_normal((8192, 8)).astype(np.float32)
    hand = rng.standard_normal((245, 9)).astype(np.float32)
    return {
        "emg": (emg, 500 + np.arange(8192) / 2048, 2048.0),
        "vhi_control": (hand, 499.99 + np.arange(245) / 60.2, 60.0),
    }


@pytest.fixture(scope="module")
def ours(tmp_path_factory, streams):
    """A session that went the whole way: messages, journal, export."""
    folder = tmp_path_factory.mktemp("ours") / "2026-01-02_03-04-05_00112233.recording"
    with JournalWriter(folder, {"classes": ["Rest", "Fist"], "name": "both ways"}) as journal:
        for name, (data, times, fs) in streams.items():
            for message in chunks(f"chunk/{name}", data, times, fs, 64):
                journal.append(message)
        for seq, (t, class_index) in enumerate([(500.2, 0), (502.0, 1), (503.5, -1)]):
            fields = {"name": "x", "class_index": class_index, "t": t}
            facts = {"source": "vhi-bridge", "epoch": "b", "seq": seq, "t_last": t}
            journal.append(Message(topic="event/cue", fields=fields, **facts))
    return export_session(folder, folder.parent)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """A session that the library recorded: where it is, packed and not, and its samples."""
    folder = tmp_path_factory.mktemp("theirs")
    (paths,) = partner("write", folder)
    truth = {name: np.load(folder / f"{name}.npz") for name in ("emg", "vhi_control")}
    return {form: Path(path) for form, path in paths.items()}, truth


def test_the_library_reads_our_samples_bit_by_bit(ours, streams, tmp_path):
    facts = partner("read", ours, tmp_path / "read.npz")

    found = np.load(tmp_path / "read.npz")
    for name, (data, times, _) in streams.items():
        assert found[f"{name}_data"].tobytes() == data.tobytes()
        assert found[f"{name}_times"].tobytes() == times.tobytes()
    assert facts == [
        ["emg", 8, 2048.0, "float32", [f"c{index}" for index in range(8)]],
        ["vhi_control", 9, 60.0, "float32", [f"c{index}" for index in range(9)]],
    ]
    assert found["labels"].tolist() == [[500.2, 0], [502.0, 1], [503.5, -1]]
    assert found["class_names"].tolist() == ["Rest", "Fist"]


def test_both_cut_the_same_windows_from_our_session(ours, tmp_path):
    partner("windows", ours, tmp_path / "windows.npz")

    assert_same_windows(ours, np.load(tmp_path / "windows.npz"))


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_we_read_the_samples_of_the_library_bit_by_bit(theirs, form):
    paths, truth = theirs

    with open_session(paths[form]) as session:
        for name, samples in truth.items():
            assert session.data(name).tobytes() == samples["data"].tobytes()
            assert session.timestamps(name).tobytes() == samples["times"].tobytes()
        assert [tuple(label) for label in session.labels] == [(1000.25, 0), (1001.5, 1)]
        assert session.class_names == ("Rest", "Fist")
        assert session.info("emg").fs == 2048.0
        assert session.meta["app_name"] == "partner"


def test_both_cut_the_same_windows_from_a_session_of_the_library(theirs, tmp_path):
    paths, _ = theirs
    partner("windows", paths["zip"], tmp_path / "windows.npz")

    assert_same_windows(paths["zip"], np.load(tmp_path / "windows.npz"))


def assert_same_windows(path, found):
    """Compare our iterators with the library's; its windows are channels first."""
    with open_session(path) as session:
        emg = session.data("emg")
        labelled = iter_labeled_windows(session, SPEC)
        aligned = iter_aligned_windows(session, SPEC)
    for batch, windows in ((labelled, found["labelled"]), (aligned, found["aligned"])):
        gathered = np.concatenate(list(batch.blocks(emg)))
        np.testing.assert_array_equal(gathered.transpose(0, 2, 1), windows)
    np.testing.assert_array_equal(labelled.class_index, found["classes"])
    np.testing.assert_allclose(
        aligned.targets, found["targets"].reshape(-1, 9), rtol=1e-5, atol=1e-6
    )
