"""The recorder as a process: what producers send is in the session, whatever happens to it."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.errors import EmgRigError, RequestError
from emgrig.recording import verify_session
from emgrig.testing import make_rig, running, start, wait_until

from tests.amplifier import (
    Amplifier,
    recorded_indices,
    start_take,
    status,
    stop_take,
    wait_for_samples,
)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path, {"recorder": {"sources": ["emg-acquirer"]}})


@pytest.fixture
def amplifier(rig: Rig) -> Iterator[Amplifier]:
    amplifier = Amplifier(rig)
    yield amplifier
    amplifier.close()


def test_everything_sent_while_recording_is_in_the_session(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        amplifier.send(200)
        process.client.call("Recorder.Label", recorder_pb2.LabelRequest(class_name="Fist"))
        wait_for_samples(process, amplifier.sent)
        info = stop_take(process)

        assert info.streams["emg"].samples == amplifier.sent
        assert info.ledger_balanced
        assert info.gaps == 0
        assert info.take_name == "a take"
        assert dict(info.label_counts) == {"Fist": 1}
    np.testing.assert_array_equal(recorded_indices(info), np.arange(amplifier.sent))
    assert verify_session(Path(info.path)).is_sound
    assert not list(rig.sessions_dir.glob("*.recording"))


def end_while_it_makes_a_session(rig: Rig, amplifier: Amplifier, number: int) -> int:
    """Record, and send a signal during the stop, which then fails; returns the exit code."""
    process = start("recorder", rig)
    process.wait_ready()
    start_take(process, amplifier)
    amplifier.send(50)
    wait_for_samples(process, amplifier.sent)
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(stop_take, process)
        wait_until(lambda: status(process).finishing, 10)
        process.popen.send_signal(number)
        exit_code = process.popen.wait(20)
        assert isinstance(stopping.exception(20), EmgRigError)
    process.kill()
    return exit_code


def test_a_recorder_told_to_end_while_it_makes_a_session_ends_and_makes_it_later(
    rig: Rig, amplifier: Amplifier
) -> None:
    assert end_while_it_makes_a_session(rig, amplifier, signal.SIGTERM) == 0

    with running("recorder", rig):
        wait_until(lambda: bool(list(rig.sessions_dir.glob("*.session.zip"))), 20)


def test_a_recorder_killed_while_it_makes_a_session_makes_it_later(
    rig: Rig, amplifier: Amplifier
) -> None:
    end_while_it_makes_a_session(rig, amplifier, signal.SIGKILL)
    assert not list(rig.sessions_dir.glob("*.session.zip"))

    with running("recorder", rig):
        wait_until(lambda: bool(list(rig.sessions_dir.glob("*.session.zip"))), 20)
        wait_until(lambda: not list(rig.sessions_dir.glob("*.recording")), 20)

    (path,) = rig.sessions_dir.glob("*.session.zip")
    assert verify_session(path).is_sound
    assert verify_session(path).samples["emg"] == amplifier.sent


def test_a_take_that_ran_when_the_recorder_was_stopped_becomes_a_session(
    rig: Rig, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        amplifier.send(20)
        wait_for_samples(process, amplifier.sent)

    with running("recorder", rig) as process:
        wait_until(lambda: bool(list(rig.sessions_dir.glob("*.session.zip"))), 20)
        reply = process.client.call("Recorder.ListSessions", recorder_pb2.ListSessionsRequest())

    assert [session.streams["emg"].samples for session in reply.sessions] == [amplifier.sent]


def test_a_discarded_take_leaves_nothing(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        amplifier.send(5)
        process.client.call("Recorder.Discard", recorder_pb2.DiscardRecordingRequest())

        assert not status(process).recording
    assert list(rig.sessions_dir.iterdir()) == []


def test_commands_that_cannot_be_done_say_why(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process:
        with pytest.raises(RequestError, match="expected a running recording, got none"):
            process.client.call("Recorder.Stop", recorder_pb2.StopRecordingRequest())
        start_take(process, amplifier)
        with pytest.raises(RequestError, match="stop or discard it first"):
            process.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest())
        with pytest.raises(RequestError, match="expected a class of Rest, Fist, got 'Wave'"):
            process.client.call("Recorder.Label", recorder_pb2.LabelRequest(class_name="Wave"))
        request = recorder_pb2.SessionRequest(session="../../etc/passwd")
        with pytest.raises(RequestError, match="emgrig sessions list"):
            process.client.call("Recorder.ShowSession", request)
        process.client.call("Recorder.Discard", recorder_pb2.DiscardRecordingRequest())


def test_sessions_are_renamed_verified_and_deleted_to_the_trash(
    rig: Rig, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process:
        start_take(process, amplifier)
        amplifier.send(20)
        wait_for_samples(process, amplifier.sent)
        info = stop_take(process)
        rename = recorder_pb2.RenameSessionRequest(session=info.session, take_name="better")
        renamed = process.client.call("Recorder.RenameSession", rename)
        request = recorder_pb2.SessionRequest(session=renamed.session)
        report = process.client.call("Recorder.VerifySession", request)
        deleted = process.client.call("Recorder.DeleteSession", request)
        listing = recorder_pb2.ListSessionsRequest()
        left = process.client.call("Recorder.ListSessions", listing)

    assert report.ok
    assert "better" in renamed.session
    assert Path(deleted.path).parent.name == "trash"
    assert Path(deleted.path).exists()
    assert (list(left.sessions), list(left.trashed)) == ([], [renamed.session])
