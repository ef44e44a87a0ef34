"""A process that is held is told from one that is busy, idle or gone."""

import signal
import subprocess
import sys

from emgrig.runtime.standing import stands_still
from emgrig.testing import wait_until


def test_one_that_is_held_stands_still_until_it_goes_on_or_ends() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        assert not stands_still(busy.pid)
        busy.send_signal(signal.SIGSTOP)
        wait_until(lambda: stands_still(busy.pid), 5)
        busy.send_signal(signal.SIGCONT)
        wait_until(lambda: not stands_still(busy.pid), 5)
    finally:
        busy.kill()
        busy.wait()

    assert not stands_still(busy.pid)
