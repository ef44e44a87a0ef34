"""SIGTERM and SIGINT ask a process to stop; a second SIGINT does not ask."""

import os
import signal
import threading
from types import FrameType

from emgrig.runtime.context import Context
from emgrig.runtime.deadline import arm_deadline

__all__ = ["watch_signals"]

_WATCHED = frozenset({signal.SIGTERM, signal.SIGINT})


def watch_signals(context: Context) -> None:
    """Turn signals into `Context.stop`; call it in the main thread.

    The C handler writes the number to a pipe at once and a thread acts on it: the main thread may
    be inside a call that takes seconds (an import, a search for a stream), or hold the very lock
    that stopping or logging needs.
    """
    read_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)

    def wait() -> None:
        seen: set[int] = set()
        while True:
            number = os.read(read_fd, 1)[0]
            if number == signal.SIGINT and number in seen:
                os._exit(128 + number)
            if number in _WATCHED:
                # Again at each: who stops in its own time may have lost its parent meanwhile.
                arm_deadline(context)
                if not seen:
                    context.stop(signal.Signals(number).name)
            seen.add(number)

    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    for number in _WATCHED:
        signal.signal(number, _leave_to_thread)
    threading.Thread(target=wait, name=f"{context.name}-signals", daemon=True).start()


def _leave_to_thread(number: int, frame: FrameType | None) -> None:
    """Do nothing here: the thread has it already."""
