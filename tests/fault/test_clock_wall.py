"""Somebody sets the clock by an hour, forward or back, in the middle of a recording: no matter."""

import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import acquirer_pb2, recorder_pb2
from emgrig.recording import Entry, open_session, read_journal, verify_session
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

HOUR_S = 3600


class WallClock:
    """The wall clock of every process that is started while it exists."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "step"
        self.step(0)

    def step(self, seconds: int) -> None:
        """Let it show so many seconds more than the true time."""
        mode = "r+b" if self.path.exists() else "wb"
        with self.path.open(mode) as file:
            file.write(struct.pack("<q", seconds))


@pytest.fixture
def wall_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WallClock:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("stepping a process's clock needs a C compiler (cc)")
    library = tmp_path / "wall_clock.so"
    source = Path(__file__).with_name("wall_clock.c")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    clock = WallClock(tmp_path)
    monkeypatch.setenv("WALL_CLOCK_STEP", str(clock.path))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    return clock


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path, {"recorder": {"sources": ["emg-acquirer"]}})


@pytest.fixture
def amplifier(rig: Rig) -> Iterator[Amplifier]:
    amplifier = Amplifier(rig)
    yield amplifier
    amplifier.close()


def beats(process: Process) -> float:
    return process.status().uptime_s


def wait_for_beats(process: Process) -> None:
    """Wait until its health went on for two beats."""
    before = beats(process)
    wait_until(lambda: beats(process) >= before + 1.9, 5, lambda: str(process.status()))


def log_times(rig: Rig) -> list[int]:
    (folder,) = rig.sessions_dir.glob("*.recording")
    with read_journal(folder) as journal:
        return [found.log_time_ns for found in journal.scan() if isinstance(found, Entry)]


def wall_clock_steps(info: recorder_pb2.SessionInfo) -> list[float]:
    with open_session(Path(info.path)) as session:
        return [step["seconds"] for step in session.extras["emgrig"]["wall_clock_steps"]]


def test_a_recording_goes_on_over_steps_of_the_wall_clock(
    wall_clock: WallClock, rig: Rig, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        for step in (HOUR_S, -HOUR_S, 0):
            amplifier.send(20)
            wall_clock.step(step)
            amplifier.publisher.send("health/emg-acquirer")
            amplifier.send(20)
            wait_for_samples(process, amplifier.sent, FAULT_S)
            wait_for_beats(process)
        times = log_times(rig)
        info = stop_take(process)

    assert all(a <= b for a, b in pairwise(times))
    assert times[-1] - times[0] < 30e9
    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert (info.gaps, info.ledger_balanced) == (0, True)
    assert verify_session(Path(info.path)).is_sound
    assert wall_clock_steps(info) == pytest.approx([HOUR_S, -2 * HOUR_S, HOUR_S], abs=0.1)


def test_the_clock_of_a_process_can_be_set(wall_clock: WallClock) -> None:
    """Without this, the tests below would prove nothing."""
    wall_clock.step(HOUR_S)
    command = [sys.executable, "-c", "import time; print(time.time())"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert float(printed) - time.time() == pytest.approx(HOUR_S, abs=30)


@pytest.mark.parametrize("step", [HOUR_S, -HOUR_S])
def test_a_killed_recorder_resumes_although_the_clock_was_set_meanwhile(
    wall_clock: WallClock, rig: Rig, amplifier: Amplifier, step: int
) -> None:
    """By the wall clock its recording is an hour old, which is too old to go on with."""
    first = start("recorder", rig)
    first.wait_ready()
    record(first, amplifier, 30)
    first.kill()
    wall_clock.step(step)
    amplifier.send(30)

    with running("recorder", rig) as second:
        wait_for_samples(second, amplifier.sent, FAULT_S)
        request = recorder_pb2.GetRecordingRequest()
        assert second.client.call("Recorder.GetRecording", request).recording
        info = stop_take(second)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert wall_clock_steps(info) == pytest.approx([step], abs=0.1)


def test_acquisition_sees_no_gap_when_the_wall_clock_is_set(
    wall_clock: WallClock, tmp_path: Path
) -> None:
    """LSL's clock, the ages of peers and the rate monitor are of the monotonic clock."""
    rig = make_rig(tmp_path)

    def source(process: Process) -> acquirer_pb2.SourceStatus:
        return process.client.call("Acquirer.GetSource", acquirer_pb2.GetSourceRequest())

    with running("emg-generator", rig), running("emg-acquirer", rig) as acquirer:
        wait_until(lambda: source(acquirer).samples > 2000, 20)
        for step in (HOUR_S, -HOUR_S):
            wall_clock.step(step)
            wait_for_beats(acquirer)

        status = acquirer.status()
        assert status.state == "RUNNING", str(status)
        assert source(acquirer).gaps == 0
