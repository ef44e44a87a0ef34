"""A browser without a network: calls an ASGI app and keeps cookies."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from starlette.types import ASGIApp, Message


async def nothing() -> None:
    """Do nothing."""


class Visitor:
    """Visits one site.

    Attributes:
        app: The site.
        base: Its origin.
        cookies: What it was told to keep.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app = app
        self.base = base
        self.cookies = httpx.Cookies()

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self.send("GET", path, headers=headers))

    def post(
        self, path: str, headers: dict[str, str] | None = None, **fields: Any
    ) -> httpx.Response:
        return asyncio.run(self.send("POST", path, headers=headers, **fields))

    def is_accepted(self, path: str, headers: dict[str, str]) -> bool:
        """Tell whether a WebSocket is accepted."""
        return self.talk(path, headers)[0] == "websocket.accept"

    def talk(
        self, path: str, headers: dict[str, str], between: Callable[[], Awaitable[None]] = nothing
    ) -> list[str]:
        """Open a WebSocket and say something twice; returns the types of what was answered."""
        return asyncio.run(self._connect(path, headers, between))

    async def send(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """Send a request from a loop that runs."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url=self.base, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **fields)
        self.cookies = client.cookies
        return answer

    async def _connect(
        self, path: str, headers: dict[str, str], between: Callable[[], Awaitable[None]]
    ) -> list[str]:
        request = httpx.Request("GET", self.base + path, headers=headers)
        self.cookies.set_cookie_header(request)
        raw = [(name.lower(), value) for name, value in request.headers.raw]
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": raw,
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "scheme": "ws",
        }
        sent: list[Message] = []
        word: Message = {"type": "websocket.receive", "text": "hello"}
        end: Message = {"type": "websocket.disconnect", "code": 1001}
        received = iter([{"type": "websocket.connect"}, word, word, end])

        async def receive() -> Message:
            if sent and sent[-1]["type"] == "websocket.send":
                await between()
            return next(received)

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return [message["type"] for message in sent]
