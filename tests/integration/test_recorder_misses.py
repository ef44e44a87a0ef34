"""The recorder as a process: what it missed, and what waits for that, is in the session."""

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.testing import Process, make_rig, running, start, wait_until

from tests.amplifier import (
    Amplifier,
    recorded_indices,
    start_take,
    status,
    stop_take,
    wait_for_samples,
)

FIST = {"name": "Fist", "class_index": 1, "t": 1.0}


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path, {"recorder": {"sources": ["emg-acquirer"]}})


@pytest.fixture
def amplifier(rig: Rig) -> Iterator[Amplifier]:
    amplifier = Amplifier(rig)
    yield amplifier
    amplifier.close()


def kill_in_a_take(rig: Rig, amplifier: Amplifier, *, n_samples: int) -> None:
    """Start a recorder and a take, and kill it when it has these samples."""
    recorder = start("recorder", rig)
    recorder.wait_ready()
    start_take(recorder, amplifier)
    amplifier.send(n_samples)
    wait_for_samples(recorder, amplifier.sent)
    recorder.popen.send_signal(signal.SIGKILL)
    recorder.popen.wait()
    recorder.kill()


def test_a_killed_recorder_resumes_and_fetches_what_it_missed(
    rig: Rig, amplifier: Amplifier
) -> None:
    kill_in_a_take(rig, amplifier, n_samples=50)
    amplifier.send(100)
    amplifier.publisher.send("event/cue", fields=FIST)

    with running("recorder", rig) as second:
        wait_for_samples(second, amplifier.sent)
        assert amplifier.publisher.wait_for_subscriber("health/", 10)
        amplifier.publisher.send("health/emg-acquirer")
        wait_until(lambda: status(second).label == "Fist", 10)
        amplifier.send(10)
        wait_for_samples(second, amplifier.sent)
        assert second.status().counters["back_filled"] >= 100
        info = stop_take(second)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert info.gaps == 0


def test_stop_just_after_a_restart_waits_for_a_word_of_what_was_said_meanwhile(
    rig: Rig, amplifier: Amplifier
) -> None:
    kill_in_a_take(rig, amplifier, n_samples=10)
    amplifier.publisher.send("event/cue", fields=FIST)

    with running("recorder", rig) as second, ThreadPoolExecutor() as others:
        wait_until(lambda: status(second).recording, 10)
        stopping = others.submit(stop_take, second)
        assert amplifier.publisher.wait_for_subscriber("health/", 10)
        # Health comes once a second: this is as late as it gets.
        threading.Event().wait(0.5)
        amplifier.publisher.send("health/emg-acquirer")
        info = stopping.result(30)

    assert dict(info.label_counts) == {"Fist": 1}


def leave_a_gap(process: Process, amplifier: Amplifier) -> None:
    """Skip three numbers that nobody can replay, and see that only what follows them waits."""
    # From now on it does not answer, as when it stands still.
    amplifier.publisher._replay.close()
    amplifier.publisher.sent["chunk/emg"] += 3
    amplifier.send(5)
    amplifier.publisher.send("event/cue", fields=FIST)
    wait_until(lambda: status(process).label == "Fist", 10)
    assert status(process).streams["emg"].samples < amplifier.sent


def test_what_waits_for_a_gap_that_nobody_fills_is_in_the_session(
    rig: Rig, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        amplifier.send(10)
        wait_for_samples(process, amplifier.sent)
        leave_a_gap(process, amplifier)
        info = stop_take(process)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert info.ledger_balanced


def test_what_waits_for_a_gap_outlives_its_producer_and_a_killed_recorder(
    rig: Rig, amplifier: Amplifier
) -> None:
    first = start("recorder", rig)
    first.wait_ready()
    start_take(first, amplifier)
    amplifier.send(10)
    wait_for_samples(first, amplifier.sent)
    leave_a_gap(first, amplifier)
    amplifier.publisher.close()
    first.popen.send_signal(signal.SIGKILL)
    first.popen.wait()
    first.kill()

    with running("recorder", rig) as second:
        wait_until(lambda: status(second).recording, 10)
        info = stop_take(second)

    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert info.ledger_balanced
