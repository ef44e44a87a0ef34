"""A replayed session is what was recorded: samples, spacing, gaps, several streams in step."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pylsl
import pytest
from emgrig.recording import SessionFacts, SessionWriter

from tests.deadlines import MS
from tests.integration.operator_commands import command_line, emgrig

FS = 500.0


@pytest.fixture
def session(tmp_path) -> Path:
    """Two seconds of EMG with a gap of 0.5 s, and a slower stream beside it."""
    t = 5000 + np.arange(1000) / FS
    t[400:] += 0.5
    rng = np.random.default_rng(0)
    with SessionWriter(tmp_path / "take.session.zip") as writer:
        emg = rng.normal(size=(1000, 4)).astype(np.float32)
        writer.add_stream("emg", emg, timestamps=t, fs=FS, channel_names=["a", "b", "c", "d"])
        slow = np.arange(50, dtype=np.float32)[:, None]
        writer.add_stream("force", slow, timestamps=5000 + np.arange(50) / 20, fs=20.0)
        writer.add_stream("pose_hand", slow, timestamps=5000 + np.arange(50) / 20, fs=20.0)
        return writer.write(SessionFacts())


class Replay:
    """A replay under way, and inlets on its streams."""

    def __init__(self, session: Path, *options: str) -> None:
        self.name = f"Replay{secrets.token_hex(4)}"
        words = command_line("replay", session, "--name", self.name, "--json", *options)
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def inlet(self, name: str) -> pylsl.StreamInlet:
        found = pylsl.resolve_byprop("name", name, 1, 15)
        assert found, f"no stream named {name}"
        inlet = pylsl.StreamInlet(found[0], recover=False)
        inlet.open_stream(10)
        return inlet

    def finish(self) -> dict:
        output, _ = self.process.communicate(timeout=20_000 * MS)
        assert self.process.returncode == 0
        return json.loads(output.splitlines()[-1])


@pytest.fixture
def replay(session) -> Iterator[Replay]:
    replay = Replay(session)
    yield replay
    replay.process.kill()
    replay.process.communicate()


def pull(inlet: pylsl.StreamInlet, n: int) -> tuple[np.ndarray, np.ndarray]:
    samples, stamps = inlet.pull_chunk(timeout=15_000 * MS, max_samples=n, as_numpy=True)
    assert len(stamps) == n
    return samples, stamps


def test_samples_spacing_and_gap_are_the_recorded_ones(session, replay) -> None:
    inlet = replay.inlet(replay.name)
    info = inlet.info(5)

    samples, stamps = pull(inlet, 1000)

    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(samples, rng.normal(size=(1000, 4)).astype(np.float32))
    expected = np.arange(1000) / FS
    expected[400:] += 0.5
    np.testing.assert_allclose(stamps - stamps[0], expected, rtol=0, atol=1e-6)
    assert info.nominal_srate() == FS
    assert info.get_channel_labels() == ["a", "b", "c", "d"]
    assert replay.finish()["samples"] == {"emg": 1000, "force": 50}


def test_streams_are_in_step(replay) -> None:
    force, emg = replay.inlet("force"), replay.inlet(replay.name)

    _, emg_stamps = pull(emg, 1000)
    _, force_stamps = pull(force, 50)

    # Both began at the same recorded time, so they share the clock of the replay.
    assert force_stamps[0] == pytest.approx(emg_stamps[0], abs=1e-6)
    assert force_stamps[-1] == pytest.approx(emg_stamps[0] + 49 / 20, abs=1e-6)
    assert replay.finish()["late_s"] < 500 * MS


def test_samples_come_at_their_time(replay) -> None:
    inlet = replay.inlet(replay.name)

    _, stamps = pull(inlet, 1)
    _, later = pull(inlet, 999)

    now = pylsl.local_clock()
    assert now >= later[-1] >= stamps[0] + 2.4
    assert now - later[-1] < 500 * MS
    replay.finish()


def test_a_faster_replay_keeps_the_spacing_and_takes_less_time(session) -> None:
    replay = Replay(session, "--speed", "10", "--stream", "emg")
    inlet = replay.inlet(replay.name)

    _, stamps = pull(inlet, 1000)

    assert stamps[-1] - stamps[0] == pytest.approx(999 / FS + 0.5, abs=1e-6)
    assert stamps[-1] > pylsl.local_clock(), "the time stamps run ahead of the clock"
    assert replay.finish()["samples"] == {"emg": 1000}


def test_a_stream_that_is_not_there_is_named(session) -> None:
    done = emgrig("replay", session, "--stream", "kinematics")

    assert done.returncode == 1
    assert "kinematics" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_session_that_is_not_there_is_named(tmp_path) -> None:
    done = emgrig("replay", tmp_path / "nothing.session.zip")

    assert done.returncode == 1
    assert "nothing.session.zip" in done.stderr
