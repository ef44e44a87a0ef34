"""A foreign program under lifeline ends with whoever started it."""

import signal
import subprocess
import sys

import psutil

from tests.deadlines import MS

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "emgrig_operator.lifeline", "/bin/cat"],
                         stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.stdin.write(b"here\\n")
child.stdin.flush()
sys.stdin.read()
"""


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        # cat answers: from here on it is the program itself, not its launcher.
        assert parent.stdout.readline() == "here\n"

        parent.send_signal(signal.SIGKILL)

        _, alive = psutil.wait_procs([child], timeout=5000 * MS)
        assert not alive
