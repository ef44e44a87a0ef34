"""Two recorders never write to one data folder, and a killed one holds nobody up."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from emgrig.errors import SettingsError
from emgrig_recorder import claiming
from emgrig_recorder.claiming import Claim

HOLD = """
import signal, sys
from pathlib import Path
from threading import Event
from emgrig_recorder.claiming import Claim
claim = Claim(Path(sys.argv[1]), Event())
print("claimed", flush=True)
signal.pause()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        yield process
        process.kill()


def test_a_second_recorder_is_told_who_holds_the_folder(
    holder: "subprocess.Popen[str]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "WAIT_S", 0.1)

    with pytest.raises(SettingsError, match=rf"pid {holder.pid} holds"):
        Claim(tmp_path, Event())


def test_a_recorder_that_is_killed_meanwhile_holds_nobody_up(
    holder: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    holder.kill()

    Claim(tmp_path, Event()).close()


def test_a_folder_that_was_let_go_can_be_claimed_again(tmp_path: Path) -> None:
    first = Claim(tmp_path, Event())
    first.close()
    first.close()

    Claim(tmp_path, Event()).close()
