"""The WebSockets that are open, so that they can end with the session of their page."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.types import Send

__all__ = ["OpenSockets"]


class OpenSockets:
    """Who can still send to which page; for the thread of the web server."""

    def __init__(self) -> None:
        self._sends: dict[str, list[Send]] = {}

    @contextmanager
    def kept(self, session: str, send: Send) -> Iterator[None]:
        """Know a WebSocket while the block serves it."""
        self._sends.setdefault(session, []).append(send)
        try:
            yield
        finally:
            self._sends[session].remove(send)
            if not self._sends[session]:
                del self._sends[session]

    async def close(self, session: str) -> None:
        """Close all of a session: its pages see nothing any more."""
        for send in list(self._sends.get(session, ())):
            # It may be closing by itself.
            with suppress(RuntimeError):
                await send({"type": "websocket.close", "code": 1008})
