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
