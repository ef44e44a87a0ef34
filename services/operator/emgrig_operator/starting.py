"""Bring a rig up and see every process ready, or say who is not and why."""

import subprocess
import time
from collections.abc import Iterator

from emgrig.control import RigClient
from emgrig.errors import PeerError, PeerLostError, RequestError
from emgrig.runtime.supervision import Program

from emgrig_operator.locating import operator_settings
from emgrig_operator.supervising import Launcher

__all__ = ["await_ready", "bring_up"]

LOOK_EVERY_S = 0.5
"""How long one wait for a process lasts before supervisor is asked whether it failed."""

SILENT_PROGRAMS = frozenset({"vhi"})
"""Programs that are not ours and have no control service of ours."""


def bring_up(
    supervisor: Launcher, client: RigClient, *, dies_with_us: bool = False
) -> Iterator[tuple[str, int]]:
    """Start the rig; yield (process name, how many there are) as each becomes ready.

    Raises:
        RequestError: It runs already, its addresses are in use, or a process refuses to start.
        PeerLostError: A process is not ready in time. What was started is stopped again.
    """
    process = supervisor.start(dies_with_us=dies_with_us)
    deadline = time.monotonic() + operator_settings(client.rig).start_deadline_s
    try:
        _await_supervisor(supervisor, process, deadline)
        yield from await_ready(supervisor, client, deadline)
    except BaseException:
        _give_up(supervisor, process)
        raise
    finally:
        supervisor.release()


def await_ready(
    supervisor: Launcher, client: RigClient, deadline: float
) -> Iterator[tuple[str, int]]:
    """Yield (process name, how many there are) as each program of the rig becomes ready.

    Args:
        supervisor: Who runs them.
        client: Who asks them.
        deadline: ``time.monotonic`` by which the last one must be ready.

    Raises:
        RequestError: A process refuses to start.
        PeerLostError: One is not ready in time.
    """
    names = [p.name for p in supervisor.programs() if p.name not in SILENT_PROGRAMS]
    for name in names:
        while not _is_ready(client, name, deadline):
            _require_alive(supervisor, name, deadline)
        yield name, len(names)


def _is_ready(client: RigClient, name: str, deadline: float) -> bool:
    limit_s = min(LOOK_EVERY_S, max(0.05, deadline - time.monotonic()))
    try:
        client.status(name, deadline_s=limit_s, wait=True)
    except PeerError:
        return False
    return True


def _require_alive(supervisor: Launcher, name: str, deadline: float) -> None:
    programs = supervisor.programs()
    for program in programs:
        if program.has_failed:
            raise RequestError(_refusal(supervisor, program))
    program = next(p for p in programs if p.name == name)
    if time.monotonic() > deadline:
        raise PeerLostError(
            f"expected {name} to be ready in time, got {program.state} ({program.words}); "
            f"the end of its log:\n{supervisor.log_tail(name)}"
        )


def _refusal(supervisor: Launcher, program: Program) -> str:
    return (
        f"expected {program.name} to start, got {program.state} ({program.words}); "
        f"the end of its log:\n{supervisor.log_tail(program.name)}"
    )


def _await_supervisor(
    supervisor: Launcher, process: subprocess.Popen[bytes], deadline: float
) -> None:
    def has_ended() -> bool:
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            return False
        return True

    while not supervisor.is_running():
        if has_ended() or time.monotonic() > deadline:
            raise RequestError(
                f"expected supervisord to start, got exit code {process.returncode}; "
                f"its words:\n{supervisor.log_tail('supervisord-start')}"
            )


def _give_up(supervisor: Launcher, process: subprocess.Popen[bytes]) -> None:
    # The guard's keeper is of the rig's family: it would be waited for.
    supervisor.release()
    try:
        supervisor.shut_down()
    except PeerError:
        process.kill()
    process.wait()
