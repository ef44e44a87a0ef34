"""Nothing outlives its parent: what supervisord leaves behind when it is killed is nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from emgrig.testing import lsl_config, make_rig, wait_until

PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:])
print(child.pid, flush=True)
child.wait()
"""

SLOW_TO_STOP = """
import sys, threading
from emgrig.config import ServiceSettings
from emgrig.runtime import run

class Service:
    def __init__(self, settings, context):
        self.context = context
    def servicers(self):
        return []
    def run(self):
        self.context.stopping.wait()
    def close(self):
        print("closing", flush=True)
        threading.Event().wait(30)

Service.__module__ = "emgrig_recorder.service"
run(Service, ServiceSettings, argv=["--config", sys.argv[1]])
"""


def test_who_was_told_to_stop_and_then_lost_its_parent_ends_within_2_s(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    log = (tmp_path / "log").open("wb")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, sys.executable, "-c", SLOW_TO_STOP, str(rig.path)],
        stdout=subprocess.PIPE,
        stderr=log,
    )
    with log, parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_until(lambda: "new=READY" in (tmp_path / "log").read_text(), 20)
        child.terminate()
        assert parent.stdout.readline() == b"closing\n"

        parent.send_signal(signal.SIGKILL)
        parent.wait()

        wait_until(lambda: not child.is_running() or child.status() == "zombie", 2)


def test_a_process_ends_within_2_s_of_its_parent(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    program = str(Path(sys.executable).parent / "emgrig-recorder")
    log = (tmp_path / "log").open("wb")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, program, "--config", str(rig.path)],
        stdout=subprocess.PIPE,
        stderr=log,
        env=os.environ | {"LSLAPICFG": str(lsl_config(tmp_path))},
    )
    with log, parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_until(lambda: "new=READY" in (tmp_path / "log").read_text(), 20)

        parent.send_signal(signal.SIGKILL)
        parent.wait()

        wait_until(lambda: not child.is_running() or child.status() == "zombie", 2)
