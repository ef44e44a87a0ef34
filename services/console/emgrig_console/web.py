"""The web server: the page and its files, in a thread of its own."""

import asyncio
import socket
from pathlib import Path

import uvicorn
from emgrig.errors import Problem, SettingsError
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui

from emgrig_console.access import guard
from emgrig_console.desk import Desk
from emgrig_console.downloads import add_downloads
from emgrig_console.metrics import add_metrics
from emgrig_console.page import build_page
from emgrig_console.viewer.sockets import HandsFeed, SignalFeed

__all__ = ["WebServer"]

GRACE_S = 1
"""Open pages never close by themselves."""
STATIC = Path(__file__).parent / "static"
RECONNECT_S = 15.0
"""How long a page that went away is remembered; a laptop that slept longer loads it anew. A page
that draws on a busy machine has 0.4 of it to answer before it counts as away."""


class WebServer:
    """Serve the console until it is stopped.

    Args:
        desk: What the page shows.

    Raises:
        SettingsError: The port is in use, or the address is not ours, or it needs a token.
    """

    def __init__(self, desk: Desk) -> None:
        site = guard(make_app(desk), desk.rig, desk.settings)
        self._socket = _bind(desk)
        self._server = uvicorn.Server(
            uvicorn.Config(
                site,
                ws="websockets-sansio",
                # Numbers shrink by little, and 60 frames a second are packed for every page.
                ws_per_message_deflate=False,
                log_config=None,
                access_log=False,
                lifespan="on",
                timeout_graceful_shutdown=GRACE_S,
                server_header=False,
                # There is no proxy; whoever says so is somebody who wants to be another address.
                proxy_headers=False,
            )
        )

    def run(self) -> None:
        """Serve in the calling thread until `stop`."""
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        """End soon, whoever looks at a page."""
        self._server.should_exit = True


def make_app(desk: Desk) -> FastAPI:
    """Return the whole site of a desk; NiceGUI allows one per process."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    signal = SignalFeed(desk.samples, desk.board, desk.signal_wakers)
    hands = HandsFeed(desk.board, desk.hand_wakers)
    nicegui_app.add_static_files("/static", STATIC)

    app.add_api_websocket_route("/ws/signal", signal.serve)
    app.add_api_websocket_route("/ws/hands", hands.serve)

    add_downloads(app, desk)
    add_metrics(app, desk.board, lambda: desk.wanted_processes)

    @ui.page("/", title=f"{desk.rig.name} - emgrig")
    def page() -> None:
        build_page(desk)

    ui.run_with(
        app,
        language="en-US",
        tailwind=False,
        dark=True,
        show_welcome_message=False,
        reconnect_timeout=RECONNECT_S,
    )
    return app


def _bind(desk: Desk) -> socket.socket:
    host, port = desk.settings.host, desk.settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
        # Who comes before the first answer waits for it and is not refused.
        server.listen()
    except OSError as error:
        server.close()
        raise SettingsError(
            Problem(
                f"{desk.rig.path}, [console] port",
                f"expected a free address for the page, got {host}:{port}: {error.strerror}",
                "stop what uses it, or set another port",
            )
        ) from error
    return server
