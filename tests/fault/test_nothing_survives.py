"""kill -9 of supervisord, of `emgrig up`, of the terminal: no process is left, and nothing else."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from emgrig.config import Rig
from emgrig.models import list_bundles
from emgrig.testing import wait_until
from emgrig_operator.supervising import Launcher, busy_addresses

from tests.fault.live_rig import fault_rig
from tests.integration.decoding_rig import write_fists
from tests.integration.operator_commands import command_line, document_of, emgrig

pytestmark = pytest.mark.timeout(240)

GONE_S = 2.0


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return fault_rig(tmp_path)


def family_of(rig: Rig) -> list[psutil.Process]:
    root = psutil.Process(Launcher(rig).pid())
    return [root, *root.children(recursive=True)]


def words_of(process: psutil.Process) -> str:
    """Return the end of a process's command line, nothing if it ended just now."""
    try:
        return " ".join(process.cmdline()[-3:])
    except psutil.Error:
        return ""


def seconds_until_gone(family: list[psutil.Process]) -> float:
    """Wait until none is alive, tell who was the last, and return how long that took."""
    began, alive = time.monotonic(), [process for process in family if is_alive(process)]
    names = {process.pid: words_of(process) for process in alive}
    last = 0

    def look() -> bool:
        nonlocal alive, last
        alive = [process for process in alive if is_alive(process)]
        last = alive[-1].pid if alive else last
        return not alive

    wait_until(look, 10, lambda: f"survived: {[names[process.pid] for process in alive]}")
    seconds = time.monotonic() - began
    print(f"all gone after {seconds:.2f} s, the last one was {names.get(last)}")
    return seconds


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_starts_again(rig: Rig) -> None:
    """Nothing that is left of the first rig stops the second."""
    assert busy_addresses(rig) == []
    done = emgrig("up", "--config", rig.path)
    assert done.returncode == 0, done.stderr
    assert document_of("down", "--config", rig.path) == {"was_running": True, "killed": []}


@pytest.fixture
def terminal(rig: Rig) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A shell that runs `emgrig up --foreground`, and the other end of its terminal."""
    master, slave = pty.openpty()
    words = " ".join(command_line("up", "--foreground", "--config", rig.path))
    shell = subprocess.Popen(
        ["sh", "-c", f"{words}; true"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    yield shell, master
    if shell.poll() is None:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
        os.close(master)


def wait_up(rig: Rig, terminal: int | None = None) -> None:
    supervisor, said = Launcher(rig), bytearray()

    def is_up() -> bool:
        if terminal is not None:
            said.extend(read(terminal))
        return supervisor.is_running() and all(
            program.state == "RUNNING" for program in supervisor.programs()
        )

    wait_until(is_up, 60, lambda: f"not up: {said.decode(errors='replace')[-2000:]}")


def read(fd: int) -> bytes:
    """Return what is there: nobody else empties the terminal."""
    os.set_blocking(fd, False)
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""


def models_of(rig: Rig) -> list[str]:
    return [bundle.id for bundle in list_bundles(rig.models_dir).bundles]


def test_killing_supervisord_while_a_model_is_trained_and_one_stands_still_leaves_nothing(
    rig: Rig,
) -> None:
    session, models = write_fists(rig), models_of(rig)
    done = emgrig("up", "--config", rig.path)
    assert done.returncode == 0, done.stderr
    words = command_line("train", session.name, "--iterations", "100000", "--config", rig.path)
    train = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: any("emgrig_trainer.job" in words_of(p) for p in family_of(rig)), 30)
    family = family_of(rig)

    next(p for p in family if "emgrig-recorder" in words_of(p)).suspend()
    os.kill(family[0].pid, signal.SIGKILL)
    seconds = seconds_until_gone(family)

    assert seconds < GONE_S
    assert train.wait(30) != 0
    assert models_of(rig) == models
    assert_starts_again(rig)


def test_killing_supervisord_while_processes_start_leaves_nothing(rig: Rig) -> None:
    up = subprocess.Popen(command_line("up", "--config", rig.path), stderr=subprocess.DEVNULL)
    supervisor = Launcher(rig)
    wait_until(lambda: supervisor.is_running() and len(family_of(rig)) > 5, 30)
    family = family_of(rig)

    os.kill(family[0].pid, signal.SIGKILL)
    seconds = seconds_until_gone(family)

    assert seconds < GONE_S
    assert up.wait(90) != 0


def test_killing_emgrig_up_before_its_end_leaves_nothing(rig: Rig) -> None:
    up = subprocess.Popen(command_line("up", "--config", rig.path), stderr=subprocess.DEVNULL)
    supervisor = Launcher(rig)
    wait_until(lambda: supervisor.is_running() and len(family_of(rig)) > 5, 30)
    family = family_of(rig)

    up.kill()
    up.wait()
    seconds = seconds_until_gone(family)

    assert seconds < GONE_S
    assert_starts_again(rig)


def test_killing_emgrig_up_in_the_foreground_leaves_nothing(rig: Rig) -> None:
    words = command_line("up", "--foreground", "--config", rig.path)
    up = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_up(rig)
    family = family_of(rig)

    up.kill()
    up.wait()
    seconds = seconds_until_gone(family)

    assert seconds < GONE_S
    assert_starts_again(rig)


def test_killing_the_terminal_leaves_nothing(
    rig: Rig, terminal: tuple[subprocess.Popen[bytes], int]
) -> None:
    shell, master = terminal
    wait_up(rig, master)
    family = family_of(rig)

    # What a terminal emulator that dies does: the kernel closes its end, and hangs up.
    os.close(master)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
    seconds = seconds_until_gone(family)

    assert seconds < GONE_S
    assert_starts_again(rig)


def test_ctrl_c_in_the_foreground_stops_the_rig_in_order(rig: Rig) -> None:
    words = command_line("up", "--foreground", "--config", rig.path)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        assert any("stop it with Ctrl-C" in line for line in up.stdout)
        family = family_of(rig)

        up.send_signal(signal.SIGINT)
        up.communicate()

    assert up.returncode == 0
    assert not [process for process in family if is_alive(process)]
