"""Tell the web server's tasks that something came, from the bus thread."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Wakers"]


class Wakers:
    """Any number of waiting tasks of one loop; a wake-up while one is busy counts once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()

    @contextmanager
    def waiting(self) -> Iterator[asyncio.Event]:
        """Give a task an event that is set at each wake-up; the task clears it."""
        event = asyncio.Event()
        self._waiting.add(event)
        with self._lock:
            self._loop = asyncio.get_running_loop()
        try:
            yield event
        finally:
            self._waiting.discard(event)
            if not self._waiting:
                with self._lock:
                    self._loop = None

    def wake(self) -> None:
        """Wake all of them; from any thread."""
        with self._lock:
            if self._loop is not None and not self._loop.is_closed():
                # Once for all of them: it writes to the loop's socket.
                self._loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        for event in self._waiting:
            event.set()
