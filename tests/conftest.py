"""What holds for every test: nothing leaks, and Lab Streaming Layer sees only this run.

Warnings are errors (pyproject.toml): a file or socket whose loss Python itself notices fails too.
"""

import gc
import os
import re
import secrets
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest
from emgrig.config import PROCESSES
from emgrig.testing import lsl_config, wait_until

from tests.deadlines import MS

ROOT = Path(__file__).parents[1]
# Every process that a test starts inherits it, so that even one that left the family is found.
RUN_MARK = "EMGRIG_TEST_RUN"
LEAVE_S = 3000 * MS
# Python's own servants, which live as long as pytest, and a browser's, which end with it.
SERVANTS = re.compile(r"multiprocessing\.(resource_tracker|forkserver)|^\S*chrom\S* (.* )?--type=")
# Those of gRPC's server, called ``predictor-control_0``, end with its memory.
OUR_THREADS = re.compile(rf"({'|'.join(PROCESSES)})-(?!control_)")

ROOMS = ("unit", "architecture", "contract", "integration", "browser", "fault")

LSL_FOLDER = pytest.StashKey[str]()

# How long an example takes says what else the machine did; pytest's own limit ends what hangs.
hypothesis.settings.register_profile("emgrig", deadline=None)
hypothesis.settings.load_profile("emgrig")


def pytest_configure(config: pytest.Config) -> None:
    """Give this process (each worker of xdist its own) an LSL session, before pylsl is loaded.

    liblsl reads its configuration once, at the first call.
    """
    folder = tempfile.mkdtemp(prefix="emgrig-lsl-")
    config.stash[LSL_FOLDER] = folder
    # Another hand is on the network of this machine: see tests/contract/vhi_v1/conftest.py.
    if "VHI_TARGET" not in os.environ:
        os.environ["LSLAPICFG"] = str(lsl_config(Path(folder)))
    os.environ[RUN_MARK] = secrets.token_hex(8)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the LSL configuration of this run."""
    shutil.rmtree(config.stash[LSL_FOLDER], ignore_errors=True)


def room_of(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT / "tests").parts[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the rooms apart, the quick ones first, in random order within each."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        longest_first(items)
    items.sort(key=lambda item: ROOMS.index(room_of(item)))


def longest_first(items: list[pytest.Item]) -> None:
    """Let the file begin first whose tests may take longest, then the one with most of them.

    Where files run side by side, one that begins last has the processors for itself.
    """
    may_take_s, n_tests = dict[Path, float](), Counter(item.path for item in items)
    for item in items:
        marks = [mark.args[0] for mark in item.iter_markers("timeout")]
        may_take_s[item.path] = max([*marks, may_take_s.get(item.path, 0)])
    items.sort(key=lambda item: (-may_take_s[item.path], -n_tests[item.path]))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measured data sets, ``../shared/data`` seen from the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the measured data sets (../shared/data) are not beside this repository")
    return folder


def children() -> set[psutil.Process]:
    """Return the living descendants of this process."""
    return {process for process in psutil.Process().children(recursive=True) if is_alive(process)}


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process runs and is nobody's servant."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return SERVANTS.search(" ".join(process.cmdline())) is None
    except psutil.NoSuchProcess:
        return False


def threads() -> set[threading.Thread]:
    """Return the threads that would keep this process from ending, and those of our own parts."""
    return {
        thread
        for thread in threading.enumerate()
        if not thread.daemon or OUR_THREADS.match(thread.name)
    }


def listeners() -> set[tuple[str, int]]:
    """Return the addresses on which this process accepts TCP connections."""
    return {
        (connection.laddr.ip, connection.laddr.port)
        for connection in psutil.Process().net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def leftovers[T](look: Callable[[], set[T]], before: set[T]) -> list[T]:
    """Return what is there now and was not before, after the time that closing may take."""
    if not look() - before:
        return []
    gc.collect()  # what only a reference cycle keeps open is not leaked
    try:
        wait_until(lambda: not look() - before, LEAVE_S)
    except AssertionError:
        return sorted(look() - before, key=str)
    return []


@pytest.fixture(autouse=True)
def _nothing_leaks() -> Iterator[None]:
    """Fail the test that leaves a process, a thread or a listening socket behind."""
    watched = [("processes", children), ("threads", threads), ("listening sockets", listeners)]
    before = [look() for _, look in watched]

    yield

    leaked = {
        name: left
        for (name, look), old in zip(watched, before, strict=True)
        if (left := leftovers(look, old))
    }
    for process in leaked.get("processes", []):
        process.kill()
    if leaked:
        pytest.fail(f"left behind: {leaked}; close or join each in the test or its fixture")


@pytest.fixture(scope="session", autouse=True)
def _nothing_outlives_the_run() -> Iterator[None]:
    """Fail where a process of this run, even a daemon of its own, is still there at the end."""
    yield

    left = [process for process in psutil.process_iter() if is_of_this_run(process)]
    _, alive = psutil.wait_procs(left, LEAVE_S)
    words = [f"{process.pid} {' '.join(process.cmdline())}" for process in alive]
    for process in alive:
        process.kill()
    assert not alive, f"outlived the tests: {words}; whoever started them has to stop them"


def is_of_this_run(process: psutil.Process) -> bool:
    """Tell whether a process inherited this run's mark."""
    try:
        return (
            process.pid != os.getpid()
            and is_alive(process)
            and process.environ().get(RUN_MARK) == os.environ[RUN_MARK]
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
