"""The processes of a live rig by name, those included that hold the hand and are no programs."""

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from tests.fault.live_rig import LiveRig

KEEPER = "keeper"
HEIR = "heir"
PARENTS = {KEEPER: "vhi-bridge", HEIR: KEEPER}


def pid_of(live: "LiveRig", name: str) -> int:
    """Return the pid of a program, of the hand's keeper or of its heir; 0 while there is none."""
    if name not in PARENTS:
        return live.pid(name)
    parent = pid_of(live, PARENTS[name])
    try:
        children = psutil.Process(parent).children() if parent else []
        living = [one.pid for one in children if one.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return 0
    return living[-1] if living else 0


def send_signal(pid: int, number: int) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    try:
        psutil.Process(pid).send_signal(number)
    except psutil.NoSuchProcess:
        return


def is_stopped(pid: int) -> bool:
    """Whether a process is there and stands still."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False
