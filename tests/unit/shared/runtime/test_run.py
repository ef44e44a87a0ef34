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
        pass
    def fail_in(self, place):
        if place == sys.argv[1]:
            raise SessionError("expected a disk, got none")

Service.__module__ = "emgrig_recorder.service"
run(Service, ServiceSettings, argv=["--config", sys.argv[2]])
"""


@pytest.mark.parametrize(("place", "code"), [("__init__", EXIT_CONFIG), ("run", EXIT_FAULT)])
def test_only_a_start_ends_for_good(tmp_path: Path, place: str, code: int) -> None:
    rig = make_rig(tmp_path)
    command = [sys.executable, "-c", PROGRAM, place, str(rig.path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == code, done.stderr
    assert "expected a disk" in done.stdout + done.stderr
