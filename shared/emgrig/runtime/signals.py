"""SIGTERM and SIGINT ask a process to stop; a second SIGINT does not ask."""

import os
import signal
import threading
from types import FrameType

from emgrig.runtime.context import Context

__all__ = ["watch_signals"]


def watch_signals(context: Context) -> None:
    """Turn signals into `Context.stop`; call it in the main thread.

    The handler itself only writes a byte to a pipe: it runs between two instructions of whatever
    the main thread is doing, which may hold the very lock that stopping or logging needs.
    """
    read_fd, write_fd = os.pipe()
    seen: set[int] = set()

    def handle(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and number in seen:
            os._exit(128 + number)
        seen.add(number)
        os.write(write_fd, bytes([number]))

    def wait() -> None:
        while True:
            context.stop(signal.Signals(os.read(read_fd, 1)[0]).name)

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    threading.Thread(target=wait, name=f"{context.name}-signals", daemon=True).start()
