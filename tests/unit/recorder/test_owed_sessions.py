"""A session that cannot be made now is a trouble, and is made when it can be."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from emgrig.errors import RequestError
from emgrig.runtime import Context
from emgrig.testing import make_rig, wait_until
from emgrig_recorder import finishing
from emgrig_recorder.config import RecorderSettings
from emgrig_recorder.finishing import Finisher, OwedSessions

NEEDS_A_FILE = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
is_there = (Path(sys.argv[2]) / "room").exists()
print(json.dumps({"path": "x.zip"} if is_there else {"error": "No space left on device"}))
"""


@pytest.fixture
def context(tmp_path: Path):
    context = Context("recorder", make_rig(tmp_path, {}), RecorderSettings.model_validate({}))
    yield context
    context.stop("test")
    context.close(5)


def test_it_is_tried_again_until_it_is_there(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "LOOK_S", 0.05)
    folder = tmp_path / "take.recording"
    folder.mkdir()
    sessions = OwedSessions(Finisher(tmp_path, (sys.executable, "-c", NEEDS_A_FILE)), context)
    context.thread("sessions", sessions.work)

    with pytest.raises(RequestError, match="No space left"):
        sessions.make(folder)
    assert "No space left" in context.lifecycle.troubles()["session take.recording"]
    (tmp_path / "room").touch()

    wait_until(lambda: not context.lifecycle.troubles(), 10)


def test_it_is_not_tried_while_there_is_no_room(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "take.recording"
    folder.mkdir()
    (folder / "journal-0001.mcap").write_bytes(bytes(10))
    sessions = OwedSessions(Finisher(tmp_path, (sys.executable, "-c", NEEDS_A_FILE)), context)
    with pytest.raises(RequestError):
        sessions.make(folder)

    assert sessions._due(1e12) == [folder]
    monkeypatch.setattr(finishing.shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
    assert sessions._due(1e12) == []
