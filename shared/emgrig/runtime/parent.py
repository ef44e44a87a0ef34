"""Die with the parent: nothing of a rig outlives its supervisor.

A process whose parent asked for it (`child_environment`) does so from the import of this module on.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping

__all__ = ["child_environment", "die_with_parent"]

PR_SET_PDEATHSIG = 1
"""Source: Linux, prctl(2)."""

_PARENT = "EMGRIG_PARENT_PID"
_NOBODY = "0"


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables for a child that calls `die_with_parent`.

    They name this process: a child takes up to seconds until it has imported what it needs, and
    must notice that we ended meanwhile. A program that starts one of ours for somebody else sets
    ``EMGRIG_PARENT_PID=0``: whose end is not ours (see `die_with_parent`).
    """
    return {**environment, _PARENT: str(os.getpid())}


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Have the kernel signal this process when its parent ends; Linux only, nothing elsewhere."""
    if sys.platform != "linux" or os.environ.get(_PARENT) == _NOBODY:
        return
    # Taken out, so that our own children do not mistake it for their parent.
    named = os.environ.pop(_PARENT, "")
    parent = int(named) if named.isdigit() else os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    # The parent may have ended before the call: then no signal will ever come.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


if _PARENT in os.environ:
    die_with_parent()
