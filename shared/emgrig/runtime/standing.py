"""Whether a process stands still, by the kernel's word, and what people are told then."""

import psutil

__all__ = ["stands_still", "still_words"]

_STILL = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP})


def stands_still(pid: int) -> bool:
    """Whether a process of this host is held, by SIGSTOP, SIGTSTP or a debugger.

    No guess by a limit: a busy process is never said to. False for one that is not there.
    """
    try:
        return psutil.Process(pid).status() in _STILL
    except psutil.NoSuchProcess:
        return False


def still_words(name: str, pid: int) -> str:
    """Say that a process stands still, and what to do."""
    return f"{name} stands still, held by a signal; kill -CONT {pid} lets it go on"
