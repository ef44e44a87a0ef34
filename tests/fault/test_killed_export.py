"""kill -9 while a journal becomes a session: there is a whole journal or a whole session."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from emgrig.recording import (
    finish_recording,
    list_recordings,
    open_session,
    read_journal,
    verify_session,
)
from emgrig_recorder.recovery import find_interrupted

from tests.fault.recordings import N, write_killed

N_CHUNKS = 300


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What each kill left behind, by the step at which it came."""
    folder = tmp_path_factory.mktemp("killed")
    recording = write_killed(folder / "x.recording", N_CHUNKS).parent
    command = [sys.executable, "-m", "tests.fault.killed_export", recording, folder / "places"]
    subprocess.run(command, check=True, timeout=120)
    return sorted((folder / "places").iterdir())


def sessions(place: Path) -> list[Path]:
    return list(place.glob("*.session.zip"))


def check_session(path: Path) -> None:
    assert verify_session(path).problems == ()
    with open_session(path) as session:
        assert session.info("emg").n_samples == N_CHUNKS * N


def test_a_kill_at_any_step_leaves_a_whole_journal_or_a_whole_session(places: list[Path]) -> None:
    n_before = n_after = 0
    for place in places:
        if sessions(place):
            check_session(*sessions(place))
            n_after += 1
        else:
            (recording,) = list_recordings(place)
            with read_journal(recording) as journal:
                n_chunks = sum(message.topic == "chunk/emg" for message in journal.messages())
            assert n_chunks == N_CHUNKS, place.name
            n_before += 1

    assert n_before > 10
    assert n_after > 5


def test_the_next_start_makes_the_session_once_and_leaves_nothing_else(
    places: list[Path], tmp_path: Path
) -> None:
    for left in places:
        place = shutil.copytree(left, tmp_path / left.name)
        resumable, owed, unusable = find_interrupted(place, 0.0)
        assert (resumable, unusable) == (None, {})
        for folder in owed:
            finish_recording(folder, place)

        check_session(*sessions(place))
        assert list_recordings(place) == []
        assert list(place.glob("*.tmp")) == []

        # A journal that was let go in part stays until the next session is made.
        write_killed(place / "y.recording", 1)
        finish_recording(place / "y.recording", place)
        assert sorted(os.listdir(place)) == sorted(path.name for path in sessions(place))
