"""What a program costs that says nothing of itself, seen from outside."""

import subprocess
import sys

import pytest
from emgrig.runtime.supervision import Program
from emgrig_console.describing import describe
from emgrig_console.usage import SilentPrograms, Usage

from tests.unit.console.polled import program

BUSY = "while True: pass"


@pytest.fixture
def busy():
    children = []

    def start() -> subprocess.Popen[bytes]:
        children.append(subprocess.Popen([sys.executable, "-c", BUSY]))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.wait()


def vhi(pid: int) -> Program:
    return Program("vhi", "RUNNING", pid, 0, "", 15.0)


def test_cpu_memory_and_restarts_are_those_of_its_processes(busy) -> None:
    seen = [vhi(busy().pid)]
    silent = SilentPrograms(lambda: seen)

    while not (silent.programs() and silent.usage("vhi").cpu_percent):
        pass
    worked = silent.usage("vhi")
    seen[:] = [vhi(busy().pid)]
    silent.programs()

    assert worked.rss_mb > 1
    assert silent.restarts("vhi") == 1


def test_one_that_is_gone_costs_nothing(busy) -> None:
    child = busy()
    seen = [vhi(child.pid)]
    silent = SilentPrograms(lambda: seen)
    silent.programs()

    child.kill()
    child.wait()
    silent.programs()
    gone = silent.usage("vhi")
    seen[:] = [vhi(0)]
    silent.programs()

    assert gone is None
    assert silent.usage("vhi") is None
    assert silent.restarts("vhi") == 0


def test_who_speaks_is_not_looked_at(busy) -> None:
    silent = SilentPrograms(lambda: [program("recorder", up_s=15)])

    silent.programs()

    assert silent.usage("recorder") is None


def test_the_row_shows_what_was_seen() -> None:
    row = describe(vhi(7), None, Usage(12.4, 301.0))

    assert (row.state, row.up, row.cpu, row.memory) == ("running", "00:15", "12", "301")
