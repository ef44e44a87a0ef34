"""What is shown of sessions: each file is opened once, a broken one says why it is none."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from emgrig.control import recorder_pb2
from emgrig.errors import RequestError
from emgrig.recording import SessionFacts, SessionWriter
from emgrig_recorder import presenting
from emgrig_recorder.presenting import Summaries, brief, pieces
from emgrig_recorder.sessions import RecorderControl


def write_session(path: Path) -> Path:
    with SessionWriter(path) as writer:
        emg, times = np.zeros((300, 2), np.float32), np.arange(300) / 100
        writer.add_stream("emg", emg, timestamps=times, fs=100.0)
        return writer.write(SessionFacts())


def test_a_broken_session_is_listed_with_its_problem(tmp_path: Path) -> None:
    write_session(tmp_path / "a.session.zip")
    (tmp_path / "b.session.zip").write_bytes(b"x")

    broken, good = Summaries().of(tmp_path)

    assert "expected a session archive" in brief(broken, "").take_name
    line = brief(good, "a note")
    assert (line.session, line.notes, line.streams["emg"].samples) == ("a", "a note", 300)
    assert line.streams["emg"].rate_hz == 100
    assert line.duration_s == 2.99


def test_a_name_that_is_no_utf8_hides_no_session_and_can_be_mended(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / os.fsdecode(b"M\xfcller.session.zip")) as writer:
        writer.write(SessionFacts(class_names=["Rest", "\udcfc"]))
    control: Any = RecorderControl(SimpleNamespace(sessions_dir=tmp_path))

    (line,) = control.ListSessions(None, None).sessions

    assert (line.session, line.take_name, list(line.class_names)) == (
        "M?ller",
        "M?ller",
        ["Rest", "?"],
    )
    request = recorder_pb2.RenameSessionRequest(session=line.session, take_name="Mueller")
    assert control.RenameSession(request, None).session == "Mueller"


def test_a_session_that_did_not_change_is_opened_once(tmp_path: Path, monkeypatch) -> None:
    path = write_session(tmp_path / "a.session.zip")
    summaries = Summaries()
    before = summaries.of(tmp_path)
    monkeypatch.setattr(presenting, "summarise_session", None)

    assert summaries.of(tmp_path) == before

    path.unlink()
    assert summaries.of(tmp_path) == []


def test_a_session_that_cannot_be_sent_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"to read .*gone\.session\.zip, got: No such file"):
        next(pieces(tmp_path / "gone.session.zip"))
