"""The exit code says whether starting again can help."""

import subprocess
import sys
from pathlib import Path

import pytest
from emgrig.runtime import EXIT_CONFIG, EXIT_FAULT
from emgrig.testing import make_rig

PROGRAM = """
import sys
from emgrig.config import ServiceSettings
from emgrig.errors import SessionError
from emgrig.runtime import run

class Service:
    def __init__(self, settings, context):
        self.fail_in("__init__")
    def servicers(self):
        return []
    def run(self):
        self.fail_in("run")
    def close(self):
        self.fail_in("close")
    def fail_in(self, place):
        if place in sys.argv[1].split(","):
            raise SessionError(f"expected a disk, got none in {place}")

Service.__module__ = "emgrig_recorder.service"
run(Service, ServiceSettings, argv=["--config", sys.argv[2]])
"""


def run_and_fail(folder: Path, places: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PROGRAM, places, str(make_rig(folder).path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("place", "code"), [("__init__", EXIT_CONFIG), ("run", EXIT_FAULT)])
def test_only_a_start_ends_for_good(tmp_path: Path, place: str, code: int) -> None:
    done = run_and_fail(tmp_path, place)

    assert done.returncode == code, done.stderr
    assert "expected a disk" in done.stdout + done.stderr


def test_what_fails_at_the_end_hides_no_fault_and_is_one(tmp_path: Path) -> None:
    done = run_and_fail(tmp_path, "run,close")

    assert done.returncode == EXIT_FAULT, done.stderr
    for place in ("run", "close"):
        assert f"got none in {place}" in done.stderr
    assert "new=FAULTED" in done.stderr
