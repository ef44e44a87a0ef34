"""The whole rig from the command line: up, seen, used, mended, down."""

import json
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from emgrig.config import Rig
from emgrig.testing import make_rig, wait_until
from emgrig_operator.locating import connect
from emgrig_operator.status import rig_status
from emgrig_operator.supervising import Launcher

from tests.deadlines import MS
from tests.integration.operator_commands import document_of, emgrig, is_hand_there

# A whole rig on two busy cores.
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def rig(tmp_path_factory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("rig")
    hand = {"movements_file": str(folder / "movements.toml")}
    # The demo runs a whole rig with PyTorch, which takes seconds to import.
    rig = make_rig(folder, {"virtual-hand": hand, "feature-extractor": {"engine": "numpy"}})
    done = emgrig("up", "--config", rig.path)
    assert done.returncode == 0, done.stderr
    yield rig
    family = processes_of(rig)
    done = emgrig("down", "--config", rig.path)
    assert done.returncode == 0, done.stderr
    assert not [process for process in family if process.is_running()]


def processes_of(rig: Rig) -> list[psutil.Process]:
    root = psutil.Process(Launcher(rig).pid())
    return [root, *root.children(recursive=True)]


def seen(rig: Rig, name: str) -> dict:
    """Return what `emgrig status` would print of a process; the command takes a second to start."""
    with connect(rig) as client:
        documents = rig_status(Launcher(rig), client)
    return next(document for document in documents if document["name"] == name)


def test_status_shows_every_process_with_its_figures(rig) -> None:
    def is_steady() -> bool:
        document = seen(rig, "feature-extractor")
        # 2048 Hz in steps of 64 samples; the first seconds may bring what had piled up.
        is_on_time = 20 < document.get("rates_hz", {}).get("window/emg", 0) < 44
        return document["state"] == "RUNNING" and is_on_time

    wait_until(is_steady, 30_000 * MS)

    processes = document_of("status", "--config", rig.path)["processes"]
    document = next(p for p in processes if p["name"] == "feature-extractor")
    assert document["state"] == "RUNNING"
    assert document["rates_hz"]["window/emg"] > 0
    assert document["supervisor"] in {"RUNNING", "STARTING"}
    assert document["ages_s"]["window/emg"] < 2
    assert document["rss_mb"] > 10


def test_nobody_else_reaches_the_supervisor(rig) -> None:
    supervisor = Launcher(rig)

    assert supervisor.socket.stat().st_mode & 0o777 == 0o700
    assert supervisor.run_dir.stat().st_mode & 0o077 == 0


def test_a_second_rig_in_the_same_folder_is_refused(rig) -> None:
    done = emgrig("up", "--config", rig.path)

    assert done.returncode == 1
    assert "expected no running rig" in done.stderr
    assert "emgrig down" in done.stderr


def test_a_second_rig_on_the_same_addresses_is_refused(rig, tmp_path) -> None:
    other = tmp_path / "rig.toml"
    other.write_text(rig.path.read_text())

    done = emgrig("up", "--config", other)

    assert done.returncode == 1
    assert rig.endpoints("predictor").control in done.stderr
    assert not Launcher(make_rig(tmp_path / "..")).is_running()


def test_a_killed_process_is_started_again(rig) -> None:
    before = seen(rig, "recorder")["pid"]

    psutil.Process(before).send_signal(signal.SIGKILL)

    def is_back() -> bool:
        document = seen(rig, "recorder")
        return document["pid"] not in {0, before} and document["state"] != "UNREACHABLE"

    wait_until(is_back, 20_000 * MS)


def test_a_generator_that_dies_is_a_gap_of_the_acquirer(rig) -> None:
    wait_until(lambda: seen(rig, "emg-acquirer")["state"] == "RUNNING", 20_000 * MS)
    before = seen(rig, "emg-acquirer")["counters"].get("gaps", 0)

    psutil.Process(seen(rig, "emg-generator")["pid"]).send_signal(signal.SIGKILL)

    def reads_on() -> bool:
        acquirer = seen(rig, "emg-acquirer")
        return acquirer["state"] == "RUNNING" and acquirer["counters"].get("gaps", 0) > before

    wait_until(reads_on, 20_000 * MS)


def test_a_cued_recording_becomes_a_session_that_can_be_looked_after(rig) -> None:
    wait_until(lambda: is_hand_there(rig), 20)
    assert document_of("hand", "status", "--config", rig.path)["connected"]
    options = ["--cues", "Rest,Fist", "--seconds", "0.5", "--rounds", "2", "--take", "one"]

    info = document_of("record", "run", *options, "--config", rig.path)

    assert Path(info["path"]).is_file()
    assert info["streams"]["emg"]["samples"] >= 2 * 2048
    assert info["gaps"] == 0
    listed = document_of("sessions", "list", "--config", rig.path)["sessions"]
    (line,) = [session for session in listed if session["session"] == info["session"]]
    assert (line["ledger_balanced"], line["gaps"]) == (True, 0)
    assert document_of("sessions", "verify", info["session"], "--config", rig.path)["ok"]
    renamed = document_of("sessions", "rename", info["session"], "two", "--config", rig.path)
    assert renamed["take_name"] == "two"
    document_of("sessions", "delete", renamed["session"], "--config", rig.path)
    left = document_of("sessions", "list", "--config", rig.path)["sessions"]
    assert renamed["session"] not in [session["session"] for session in left]


def test_a_recording_follows_its_protocol_and_says_what_it_is_worth(rig, tmp_path) -> None:
    protocol = tmp_path / "protocol.toml"
    protocol.write_text('cues = ["Fist"]\nhold_s = 1\nrest_s = 0.5\nrepetitions = 2\n')

    info = document_of("record", "run", "--protocol", protocol, "--config", rig.path)

    assert info["label_counts"] == {"Rest": 3, "Fist": 2}
    found = {finding["name"]: finding for finding in info["quality"]}
    assert found["rate"]["ok"]
    assert not found["label balance"]["ok"]
    assert found["label balance"]["advice"]
    shown = document_of("sessions", "show", info["session"], "--config", rig.path)
    assert shown["quality"] == info["quality"]


def test_a_gesture_that_the_rig_does_not_know_is_refused_before_anything_is_recorded(rig) -> None:
    done = emgrig("record", "run", "--cues", "Rest,Wave", "--config", rig.path)

    assert done.returncode == 1
    assert "Wave" in done.stderr
    assert not document_of("record", "status", "--config", rig.path)["recording"]


def test_an_unknown_gesture_is_refused_with_the_known_ones(rig) -> None:
    done = emgrig("cue", "Wave", "--config", rig.path)

    assert done.returncode == 1
    assert "Wave" in done.stderr
    assert "Fist" in done.stderr


def test_stopping_what_does_not_record_is_refused(rig) -> None:
    done = emgrig("record", "stop", "--config", rig.path)

    assert done.returncode == 1
    assert "record start" in done.stderr


def test_predicting_without_a_model_is_told(rig) -> None:
    assert document_of("predict", "status", "--config", rig.path)["model_id"] == ""
    assert emgrig("predict", "load", "nothing", "--config", rig.path).returncode == 1


def test_the_doctor_sees_a_running_rig(rig) -> None:
    done = emgrig("doctor", "--config", rig.path, "--json")

    findings = json.loads(done.stdout.splitlines()[-1])["findings"]
    assert {"rig.toml", "Python", "disk", "predictor", "hand"} <= {f["what"] for f in findings}
    assert all(f["remedy"] for f in findings if not f["ok"])


def test_down_is_harmless_when_nothing_runs(tmp_path) -> None:
    rig = make_rig(tmp_path)

    assert document_of("down", "--config", rig.path) == {"was_running": False, "killed": []}


def test_a_wrong_setting_is_told_at_once_and_leaves_nothing(tmp_path) -> None:
    name = f"EMG{secrets.token_hex(4)}"
    generator = {"stream_name": name, "control_stream": f"{name}Control"}
    # Not the seconds of importing PyTorch before it is told.
    tables = {"predictor": {"colour": "red"}, "feature-extractor": {"engine": "numpy"}}
    rig = make_rig(tmp_path, tables | {"emg-generator": generator})

    done = emgrig("up", "--config", rig.path)

    assert done.returncode == 1
    assert "colour" in done.stderr
    assert "use one of" in done.stderr
    assert not Launcher(rig).is_running()
