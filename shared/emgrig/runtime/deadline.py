"""A process that is told to end has ended in time, whatever it is doing."""

import faulthandler
import os
import threading

from emgrig.runtime.context import Context

__all__ = ["EXIT_FAULT", "ORPHAN_DEADLINE_S", "STOP_DEADLINE_S", "arm_deadline"]

EXIT_FAULT = 1

STOP_DEADLINE_S = 8.0
"""How long an orderly stop may take; supervisord kills after 10 s."""

ORPHAN_DEADLINE_S = 1.0
"""The same when the parent is gone: nothing is alive 2 s after the supervisor."""


def arm_deadline(context: Context) -> None:
    """End the process hard if the orderly end does not come in time; the earliest one counts."""
    is_orphan = os.getppid() != context.parent_pid
    deadline_s = ORPHAN_DEADLINE_S if is_orphan else STOP_DEADLINE_S

    def end_hard() -> None:
        faulthandler.dump_traceback()
        os._exit(EXIT_FAULT)

    timer = threading.Timer(deadline_s, end_hard)
    timer.daemon = True
    timer.start()
