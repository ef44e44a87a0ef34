"""Where the disk refuses to move a session: words for whoever asked, and nothing half done."""

import os
import tempfile
from pathlib import Path

import pytest
from emgrig.errors import RequestError
from emgrig.recording import read_notes, rename_session, trash, write_notes
from emgrig.recording.library import notes_path

from tests.unit.shared.recording.builders import write_session

OTHER_DISK = Path("/dev/shm")


@pytest.fixture
def session(tmp_path):
    path = write_session(tmp_path / "a.session.zip", {})
    write_notes(path, "a note")
    return path


def check_untouched(session):
    assert session.exists()
    assert read_notes(session) == "a note"


def test_a_trash_that_cannot_be_made(session):
    (session.parent / "trash").write_text("a file")

    with pytest.raises(RequestError, match=r"to move a\.session\.zip to .*/trash/.*, got: "):
        trash(session)

    check_untouched(session)


def test_a_trash_on_another_disk(session):
    if not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == session.stat().st_dev:
        pytest.skip(f"{OTHER_DISK} is no other disk here")
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as elsewhere:
        (session.parent / "trash").symlink_to(elsewhere)

        with pytest.raises(RequestError, match=r"got: Invalid cross-device link; .* on one disk"):
            trash(session)

        assert os.listdir(elsewhere) == []
    check_untouched(session)


def test_notes_that_cannot_be_moved_hold_their_session(session):
    folder = session.parent / "trash"
    (folder / "a.notes.txt").mkdir(parents=True)

    with pytest.raises(RequestError, match="to move"):
        trash(session)

    check_untouched(session)


def test_a_session_that_cannot_be_moved_keeps_its_notes(session, monkeypatch):
    rename = Path.rename

    def refuse(path, target):
        if path == session:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(RequestError, match="Permission denied; let this user write there"):
        rename_session(session, "b")

    check_untouched(session)


def test_notes_that_cannot_be_removed(session):
    notes_path(session).unlink()
    (notes_path(session) / "x").mkdir(parents=True)

    with pytest.raises(RequestError, match=r"to write .*a\.notes\.txt"):
        write_notes(session, "")
