"""The disk is full: the recorder says so, keeps what it has, and goes on when there is room."""

import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.errors import RequestError
from emgrig.recording import open_session, verify_session
from emgrig.testing import Process, make_rig, running, start, wait_until

from tests.amplifier import (
    FAULT_S,
    Amplifier,
    record,
    recorded_indices,
    start_take,
    stop_take,
    wait_for_samples,
)

DISK_BYTES = 8 << 20


class Disk:
    """A small disk that can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, free_bytes: int = 0) -> None:
        """Leave no room, or so much."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 16, 1):
                while _is_written(file, size):
                    pass
            file.truncate(file.tell() - free_bytes)

    def empty(self) -> None:
        """Make room again."""
        self._ballast.unlink()


def _is_written(file, size: int) -> bool:
    try:
        return file.write(bytes(size)) == size
    except OSError:
        return False


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no mount program")
    if mounted.returncode:
        pytest.skip(f"a small disk needs the right to mount one: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def rig(tmp_path: Path, disk: Disk) -> Rig:
    tables = {"recorder": {"sources": ["emg-acquirer"]}, "rig": {"data_dir": str(disk.folder)}}
    return make_rig(tmp_path, tables)


@pytest.fixture
def amplifier(rig: Rig) -> Iterator[Amplifier]:
    amplifier = Amplifier(rig)
    yield amplifier
    amplifier.close()


def wait_disk_trouble(process: Process) -> None:
    wait_until(lambda: "disk" in process.status().troubles, 10, lambda: str(process.status()))
    assert process.status().state == "DEGRADED"


def wait_no_disk_trouble(process: Process) -> None:
    wait_until(lambda: "disk" not in process.status().troubles, 10, lambda: str(process.status()))


def session_troubles(process: Process) -> list[str]:
    return [key for key in process.status().troubles if key.startswith("session ")]


def test_a_full_disk_is_shown_and_what_came_meanwhile_is_fetched(
    rig: Rig, disk: Disk, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        record(process, amplifier, 100)

        disk.fill()
        amplifier.send(100)
        wait_disk_trouble(process)
        process.client.call("Recorder.Label", recorder_pb2.LabelRequest(class_name="Fist"))
        with pytest.raises(RequestError, match="make room and stop it again"):
            stop_take(process)
        disk.empty()

        wait_no_disk_trouble(process)
        wait_for_samples(process, amplifier.sent, FAULT_S)
        amplifier.send(10)
        wait_for_samples(process, amplifier.sent, FAULT_S)
        info = stop_take(process)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert (info.gaps, info.ledger_balanced) == (0, True)
    with open_session(Path(info.path)) as session:
        assert [session.class_names[label.class_index] for label in session.labels] == ["Fist"]
    assert verify_session(Path(info.path)).is_sound


def test_a_session_that_does_not_fit_is_made_when_there_is_room(
    rig: Rig, disk: Disk, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        record(process, amplifier, 500)

        disk.fill(64 << 10)
        with pytest.raises(RequestError, match="made by itself"):
            stop_take(process)
        assert session_troubles(process)
        assert list(rig.sessions_dir.glob("*.session.zip")) == []
        disk.empty()

        wait_until(lambda: not session_troubles(process), 20, lambda: str(process.status()))
        (path,) = rig.sessions_dir.glob("*.session.zip")
    with open_session(path) as session:
        assert session.info("emg").n_samples == amplifier.sent
    assert verify_session(path).is_sound


def test_a_label_set_on_a_full_disk_survives_the_recorder(
    rig: Rig, disk: Disk, amplifier: Amplifier
) -> None:
    first = start("recorder", rig)
    first.wait_ready()
    record(first, amplifier, 50)
    disk.fill()
    amplifier.send(50)
    wait_disk_trouble(first)
    for name in ("Fist", "Rest"):
        first.client.call("Recorder.Label", recorder_pb2.LabelRequest(class_name=name))
    first.kill()

    with running("recorder", rig) as second:
        wait_disk_trouble(second)
        disk.empty()
        wait_no_disk_trouble(second)
        wait_for_samples(second, amplifier.sent, FAULT_S)
        info = stop_take(second)

    with open_session(Path(info.path)) as session:
        names = [session.class_names[label.class_index] for label in session.labels]
    assert names == ["Fist", "Rest"]
    assert verify_session(Path(info.path)).is_sound


def test_a_recorder_that_is_killed_on_a_full_disk_waits_for_room(
    rig: Rig, disk: Disk, amplifier: Amplifier
) -> None:
    """A restart must neither give up (exit code 2) nor leave an empty segment every second."""
    first = start("recorder", rig)
    first.wait_ready()
    record(first, amplifier, 50)
    disk.fill()
    first.kill()
    amplifier.send(50)

    with running("recorder", rig) as second:
        wait_disk_trouble(second)
        disk.empty()
        wait_for_samples(second, amplifier.sent, FAULT_S)
        n_segments = len(list(rig.sessions_dir.glob("*/*.mcap")))
        info = stop_take(second)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert n_segments == 2


def test_a_take_can_be_discarded_on_a_full_disk(rig: Rig, disk: Disk, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        disk.fill()
        amplifier.send(20)
        wait_disk_trouble(process)

        process.client.call("Recorder.Discard", recorder_pb2.DiscardRecordingRequest())

        wait_no_disk_trouble(process)
        assert list(rig.sessions_dir.iterdir()) == []


def test_a_process_whose_log_is_on_the_full_disk_goes_on(tmp_path: Path) -> None:
    """Needs no rights: a file size limit of nothing refuses every byte, log lines included."""
    rig = make_rig(tmp_path, {"recorder": {"sources": ["emg-acquirer"]}})
    amplifier = Amplifier(rig)
    try:
        with running("recorder", rig) as process:
            record(process, amplifier, 20)

            _, hard = resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (0, hard))
            amplifier.send(20)
            wait_disk_trouble(process)
            resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (hard, hard))

            wait_for_samples(process, amplifier.sent, FAULT_S)
            info = stop_take(process)
    finally:
        amplifier.close()
    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
