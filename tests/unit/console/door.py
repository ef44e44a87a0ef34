"""A small site behind the door, and what stands before it."""

from pathlib import Path
from typing import Any

from emgrig.testing import make_rig
from emgrig_console.access import guard
from emgrig_console.config import ConsoleSettings
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from tests.unit.console.visitor import Visitor

TOKEN = "a-token-of-the-bench"
HTML = {"accept": "text/html,*/*"}
HERE = {"origin": "http://127.0.0.1:8080"}
THERE = {"origin": "http://evil.example"}


async def answer(request: Any) -> PlainTextResponse:
    return PlainTextResponse("inside")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


async def echo_all(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


def make_settings(folder: Path, **fields: Any) -> ConsoleSettings:
    return ConsoleSettings(**({"host": "127.0.0.1", "port": 8080} | fields))


def write_token(folder: Path) -> Path:
    path = folder / "console.token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return path


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def served(
    folder: Path, clock: Clock, base: str = "http://127.0.0.1:8080", **fields: Any
) -> Visitor:
    static = folder / "static"
    static.mkdir()
    (static / "page.css").write_text("/* */")
    routes = [
        Route("/", answer),
        Route("/healthz", answer),
        Route("/metrics", answer),
        Route("/do", answer, methods=["POST"]),
        WebSocketRoute("/live", echo),
        WebSocketRoute("/echo", echo_all),
        Mount("/static", StaticFiles(directory=static)),
    ]
    app = guard(Starlette(routes=routes), make_rig(folder), make_settings(folder, **fields), clock)
    return Visitor(app, base)


def log_in(client: Visitor, token: str = TOKEN) -> Any:
    headers = {"origin": "http://rig:8080"}
    return client.post("/login", data={"token": token}, headers=headers)
