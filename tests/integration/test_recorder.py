"""The recorder as a process: what producers send is in the session, whatever happens to it."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.errors import EmgRigError, RequestError
from emgrig.messages import pack_timestamps
from emgrig.recording import open_session, verify_session
from emgrig.testing import Process, make_rig, running, start, wait_until
from emgrig.transport import Publisher

FS = 2048.0
N = 32


class Amplifier:
    """Stands for emg-acquirer: publishes chunks whose values are their sample index."""

    def __init__(self, rig: Rig) -> None:
        self.publisher = Publisher(rig.endpoints("emg-acquirer"), "emg-acquirer")
        self.sent = 0

    def send(self, n_chunks: int) -> None:
        for _ in range(n_chunks):
            index = np.arange(self.sent, self.sent + N)
            data = np.repeat(index[:, None], 2, axis=1).astype(np.float32)
            times = 100.0 + index / FS
            self.publisher.send(
                "chunk/emg",
                data,
                t_first=times[0],
                t_last=times[-1],
                sample_index=self.sent,
                fs=FS,
                fields={"timestamps": pack_timestamps(times), "channel_names": ["a", "b"]},
            )
            self.sent += N


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path, {"recorder": {"sources": ["emg-acquirer"]}})


@pytest.fixture
def amplifier(rig: Rig) -> Iterator[Amplifier]:
    amplifier = Amplifier(rig)
    yield amplifier
    amplifier.publisher.close()


@contextmanager
def recording(process: Process, amplifier: Amplifier) -> Iterator[None]:
    assert amplifier.publisher.wait_for_subscriber("chunk/emg", 10)
    process.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest(take_name="a take"))
    yield


def status(process: Process) -> recorder_pb2.RecordingStatus:
    return process.client.call("Recorder.GetRecording", recorder_pb2.GetRecordingRequest())


def wait_for_samples(process: Process, n: int) -> None:
    wait_until(
        lambda: status(process).streams["emg"].samples >= n,
        10,
        lambda: f"expected {n} samples, got {status(process)}",
    )


def stop(process: Process) -> recorder_pb2.SessionInfo:
    request = recorder_pb2.StopRecordingRequest()
    return process.client.call("Recorder.Stop", request, deadline_s=30)


def emg_of(info: recorder_pb2.SessionInfo) -> np.ndarray:
    with open_session(Path(info.path)) as session:
        return session.data("emg")


def test_everything_sent_while_recording_is_in_the_session(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process, recording(process, amplifier):
        amplifier.send(200)
        process.client.call("Recorder.Label", recorder_pb2.LabelRequest(class_name="Fist"))
        wait_for_samples(process, amplifier.sent)
        info = stop(process)

        assert info.streams["emg"].samples == amplifier.sent
        assert info.ledger_balanced
        assert info.gaps == 0
        assert info.take_name == "a take"
        assert dict(info.label_counts) == {"Fist": 1}
    np.testing.assert_array_equal(emg_of(info)[:, 0], np.arange(amplifier.sent))
    assert verify_session(Path(info.path)).is_sound
    assert not list(rig.sessions_dir.glob("*.recording"))


def test_a_killed_recorder_resumes_and_fetches_what_it_missed(
    rig: Rig, amplifier: Amplifier
) -> None:
    first = start("recorder", rig)
    first.wait_ready()
    with recording(first, amplifier):
        amplifier.send(50)
        wait_for_samples(first, amplifier.sent)
    first.popen.send_signal(signal.SIGKILL)
    first.popen.wait()
    first.kill()
    amplifier.send(100)
    cue = {"name": "Fist", "class_index": 1, "t": 1.0}
    amplifier.publisher.send("event/cue", fields=cue)

    with running("recorder", rig) as second:
        wait_for_samples(second, amplifier.sent)
        assert amplifier.publisher.wait_for_subscriber("health/", 10)
        amplifier.publisher.send("health/emg-acquirer")
        wait_until(lambda: status(second).label == "Fist", 10)
        amplifier.send(10)
        wait_for_samples(second, amplifier.sent)
        assert second.status().counters["back_filled"] >= 100
        info = stop(second)

    np.testing.assert_array_equal(emg_of(info)[:, 0], np.arange(amplifier.sent))
    assert info.gaps == 0


def test_what_waits_for_a_gap_that_nobody_fills_is_in_the_session(
    rig: Rig, amplifier: Amplifier
) -> None:
    with running("recorder", rig) as process, recording(process, amplifier):
        amplifier.send(10)
        wait_for_samples(process, amplifier.sent)
        # From now on it does not answer, as when it stands still.
        amplifier.publisher._replay.close()
        amplifier.publisher.sent["chunk/emg"] += 3
        amplifier.send(5)
        # Another sequence does not wait.
        cue = {"name": "Fist", "class_index": 1, "t": 1.0}
        amplifier.publisher.send("event/cue", fields=cue)
        wait_until(lambda: status(process).label == "Fist", 10)
        assert status(process).streams["emg"].samples < amplifier.sent
        info = stop(process)

    np.testing.assert_array_equal(emg_of(info)[:, 0], np.arange(amplifier.sent))
    assert info.ledger_balanced


def test_what_waits_for_a_gap_outlives_its_producer_and_a_killed_recorder(
    rig: Rig, amplifier: Amplifier
) -> None:
    first = start("recorder", rig)
    first.wait_ready()
    with recording(first, amplifier):
        amplifier.send(10)
        wait_for_samples(first, amplifier.sent)
    amplifier.publisher._replay.close()
    amplifier.publisher.sent["chunk/emg"] += 3
    amplifier.send(5)
    cue = {"name": "Fist", "class_index": 1, "t": 1.0}
    amplifier.publisher.send("event/cue", fields=cue)
    wait_until(lambda: status(first).label == "Fist", 10)
    assert status(first).streams["emg"].samples < amplifier.sent
    amplifier.publisher.close()
    first.popen.send_signal(signal.SIGKILL)
    first.popen.wait()
    first.kill()

    with running("recorder", rig) as second:
        wait_until(lambda: status(second).recording, 10)
        info = stop(second)

    np.testing.assert_array_equal(emg_of(info)[:, 0], np.arange(amplifier.sent))
    assert info.ledger_balanced


def end_while_it_makes_a_session(rig: Rig, amplifier: Amplifier, number: int) -> int:
    """Record, and send a signal during the stop, which then fails; returns the exit code."""
    process = start("recorder", rig)
    process.wait_ready()
    with recording(process, amplifier):
        amplifier.send(50)
        wait_for_samples(process, amplifier.sent)
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(stop, process)
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
    with running("recorder", rig) as process, recording(process, amplifier):
        amplifier.send(20)
        wait_for_samples(process, amplifier.sent)

    with running("recorder", rig) as process:
        wait_until(lambda: bool(list(rig.sessions_dir.glob("*.session.zip"))), 20)
        reply = process.client.call("Recorder.ListSessions", recorder_pb2.ListSessionsRequest())

    assert [session.streams["emg"].samples for session in reply.sessions] == [amplifier.sent]


def test_a_discarded_take_leaves_nothing(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process, recording(process, amplifier):
        amplifier.send(5)
        process.client.call("Recorder.Discard", recorder_pb2.DiscardRecordingRequest())

        assert not status(process).recording
    assert list(rig.sessions_dir.iterdir()) == []


def test_commands_that_cannot_be_done_say_why(rig: Rig, amplifier: Amplifier) -> None:
    with running("recorder", rig) as process:
        with pytest.raises(RequestError, match="expected a running recording, got none"):
            process.client.call("Recorder.Stop", recorder_pb2.StopRecordingRequest())
        with recording(process, amplifier):
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
    with running("recorder", rig) as process, recording(process, amplifier):
        amplifier.send(20)
        wait_for_samples(process, amplifier.sent)
        info = stop(process)
        rename = recorder_pb2.RenameSessionRequest(session=info.session, take_name="better")
        renamed = process.client.call("Recorder.RenameSession", rename)
        request = recorder_pb2.SessionRequest(session=renamed.session)
        report = process.client.call("Recorder.VerifySession", request)
        deleted = process.client.call("Recorder.DeleteSession", request)

    assert report.ok
    assert "better" in renamed.session
    assert Path(deleted.path).parent.name == "trash"
    assert Path(deleted.path).exists()
