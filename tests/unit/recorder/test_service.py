"""Whatever commands come, and whenever: what was sent during a take is in it, and nothing else."""

import math
import threading
from pathlib import Path

import pytest
from emgrig.control import recorder_pb2
from emgrig.errors import RequestError, SettingsError
from emgrig.recording import open_session
from emgrig.testing import wait_until
from emgrig_recorder import commands, recovery, service
from emgrig_recorder.recovery import find_interrupted

from tests.unit.recorder.recorder_kit import N, Recorder, chunk


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    return Recorder(tmp_path, monkeypatch)


def test_what_waits_when_the_process_must_end_is_recorded(recorder: Recorder) -> None:
    with recorder.running():
        recorder.start()
        recorder.subscriber.put(*map(chunk, range(500)))

    assert recorder.recorded() == list(range(500))


def test_a_recorder_that_breaks_goes_on_with_its_take_when_it_is_back(recorder: Recorder) -> None:
    with recorder.running():
        recorder.start()
        recorder.subscriber.put(*map(chunk, range(20)))
        wait_until(lambda: not recorder.subscriber.pending, 10)
        recorder.context.stop("fault in a thread", is_fault=True)

    resumable, finished, _ = find_interrupted(recorder.context.rig.sessions_dir, 600)

    assert resumable is not None
    assert resumable.folder == recorder.recordings[-1]
    assert finished == []
    assert recorder.recorded() == list(range(20))


def test_what_waits_when_stop_is_asked_for_is_in_the_session(recorder: Recorder) -> None:
    with recorder.running():
        recorder.start()
        recorder.subscriber.put(*map(chunk, range(500)))
        info = recorder.control.Stop(recorder_pb2.StopRecordingRequest(), None)

    with open_session(Path(info.path)) as session:
        assert session.info("emg").n_samples == 500 * N


def test_a_take_that_is_discarded_while_it_ends_is_no_session(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recorder.service._recording
    recorder.service._commands.recovered.set()
    recorder.start()
    asked = recording.ask_to_stop()

    recorder.control.Discard(recorder_pb2.DiscardRecordingRequest(), None)

    with pytest.raises(RequestError, match="discarded"):
        asked.result(1)
    with pytest.raises(RequestError, match="none"):
        recording.ask_to_stop()
    recorder.context.close(1)


def test_a_take_cannot_begin_while_an_earlier_one_may_go_on(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_scanned = threading.Event()

    def scan(*_: object) -> tuple[None, list[Path], dict[Path, str]]:
        is_scanned.wait(10)
        return None, [], {}

    monkeypatch.setattr(service, "find_interrupted", scan)
    monkeypatch.setattr(commands, "RECOVERY_WAIT_S", 0.05, raising=False)
    with recorder.running():
        with pytest.raises(RequestError, match="looked through"):
            recorder.start()
        is_scanned.set()
        monkeypatch.setattr(commands, "RECOVERY_WAIT_S", 10.0, raising=False)
        recorder.start()

    assert len(recorder.recordings) == 1


def test_what_was_sent_before_a_take_is_not_in_it(recorder: Recorder) -> None:
    recorder.subscriber.sent["emg-acquirer"] = ("e", 50)
    with recorder.running():
        recorder.start()
        recorder.subscriber.put(chunk(3, sent_ns=40), chunk(4, sent_ns=60))

    assert recorder.recorded() == [4]
    assert recorder.context.ledger.as_dict()["chunk/emg"]["skipped"] == {"before_take": 1}


def test_that_holds_after_a_kill(recorder: Recorder) -> None:
    recorder.subscriber.sent["emg-acquirer"] = ("e", 50)
    recorder.service._commands.recovered.set()
    recorder.start()

    interrupted, _, _ = find_interrupted(recorder.context.rig.sessions_dir, 600)

    assert interrupted is not None
    assert interrupted.began.heard == {"emg-acquirer": ("e", 50)}
    assert interrupted.began.is_after(chunk(0, sent_ns=49))
    recorder.service.close()
    recorder.context.close(1)


def test_commands_are_answered_while_a_producer_is_not(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = recorder
    first.service._commands.recovered.set()
    first.start()
    first.service._recording.take_in(chunk(0))
    first.service._recording._take.close()  # as if killed
    first.service._claim.close()
    first.context.close(1)

    second = Recorder(tmp_path, monkeypatch)
    second.subscriber.may_resume.clear()
    with second.running():
        assert second.subscriber.is_resuming.wait(10)
        second.control.Label(recorder_pb2.LabelRequest(class_name="Fist"), None)
        assert second.control.GetRecording(None, None).label == "Fist"
        second.subscriber.may_resume.set()

    assert second.subscriber.resumed == [("emg-acquirer", "chunk/emg", "e", 1)]


def test_a_recording_that_cannot_be_removed_is_told_and_no_fault(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError("not yours")

    recorder.service._commands.recovered.set()
    recorder.start()
    recorder.service._recording.end("discarded", is_final=True)
    folder = recorder.recordings[0]
    monkeypatch.setattr(recovery.shutil, "rmtree", refuse)

    with recorder.running():
        key = f"session {folder.name}"
        wait_until(lambda: key in recorder.context.lifecycle.troubles(), 10)

    assert "not yours" in recorder.context.lifecycle.troubles()[key]


def test_a_place_that_cannot_be_written_is_told_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsError, match="sessions"):
        Recorder(tmp_path, monkeypatch)


@pytest.mark.parametrize("t", [math.nan, math.inf, -1e10])
def test_a_label_at_no_time_of_the_wire_is_refused(recorder: Recorder, t: float) -> None:
    with pytest.raises(RequestError, match="expected a time on the LSL clock"):
        recorder.control.Label(recorder_pb2.LabelRequest(class_name="Fist", t=t), None)

    recorder.service.close()
    recorder.context.close(1)
