"""Tell the web server's tasks that something came, from the bus thread."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Wakers"]


class Wakers:
    """Any number of waiting tasks; a wake-up while one is busy counts once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @contextmanager
    def waiting(self) -> Iterator[asyncio.Event]:
        """Give a task an event that is set at each wake-up; the task clears it."""
        event = asyncio.Event()
        with self._lock:
            self._waiting[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                del self._waiting[event]

    def wake(self) -> None:
        """Wake all of them; from any thread."""
        with self._lock:
            for event, loop in self._waiting.items():
                # Set already: the task has not come round yet and will see this too.
                if not event.is_set() and not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)
