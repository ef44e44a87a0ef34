"""Die with the parent: nothing of a rig outlives its supervisor."""

import ctypes
import os
import signal
import sys

__all__ = ["die_with_parent"]

PR_SET_PDEATHSIG = 1
"""Source: Linux, prctl(2)."""


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Have the kernel signal this process when its parent ends; Linux only, nothing elsewhere."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    # The parent may have ended before the call: then no signal will ever come.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)
