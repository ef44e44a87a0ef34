"""The door: every request and every WebSocket passes it before it reaches the console."""

import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from math import ceil
from typing import Any
from urllib.parse import parse_qs

from emgrig.config import Rig
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emgrig_console.config import ConsoleSettings
from emgrig_console.gatekeeping import (
    SESSION_S,
    Clock,
    Sessions,
    Throttle,
    is_named_loopback,
    is_same,
    is_same_origin,
)
from emgrig_console.login_page import login_page
from emgrig_console.session_sockets import while_open
from emgrig_console.token_file import load_token

__all__ = ["Guard", "guard"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/healthz"})
"""Says nothing but whether the bus is heard; whoever watches the machine holds no token."""

# NiceGUI puts its scripts into the page and evaluates what the server asks the page to run, so
# inline and eval stay; everything has to come from here, nobody may frame the page.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # With no-referrer a browser says "Origin: null" of our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
MOST_BODY_BYTES = 1 << 20
"""The page sends clicks and protocols, nothing larger."""

FOREIGN = "this console answers only pages that it served itself\n"


@dataclass(frozen=True, slots=True)
class Door:
    """What the door is like.

    Attributes:
        name: The rig's name.
        cookie: Name of the session's cookie; cookies do not know ports, two consoles do.
        token: What it asks for; empty for nothing, and then only this machine can reach it.
    """

    name: str
    cookie: str
    token: str


def guard(
    app: ASGIApp, rig: Rig, settings: ConsoleSettings, clock: Clock = time.monotonic
) -> "Guard":
    """Put the door before an app.

    Raises:
        SettingsError: The page would be reachable from outside without a token.
    """
    token = load_token(rig, settings)
    door = Door(rig.name, f"emgrig-console-{settings.port}", token)
    return Guard(app, door, clock)


class Guard:
    """The middleware.

    Attributes:
        app: What is behind it; NiceGUI looks for it there.
    """

    def __init__(self, app: ASGIApp, door: Door, clock: Clock) -> None:
        self.app = app
        self._door = door
        self._throttle = Throttle(clock)
        self._sessions = Sessions(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, ask for the token, or refuse."""
        if scope["type"] == "websocket":
            is_open = partial(self._is_open, self._session(scope))
            if self._is_foreign(scope) or not is_open():
                # Before it is accepted, this is the answer 403.
                await send({"type": "websocket.close", "code": 1008})
                return
            ended = self._sessions.ended(self._session(scope))
            await self.app(scope, *while_open(is_open, ended, receive, send))
            return
        if scope["type"] == "http":
            send = _with_headers(send)
            answer = await self._answer(scope, receive)
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Return what the door itself answers; None where the app does."""
        refused = self._refused(scope)
        if refused is not None:
            return refused
        path, method = scope["path"], scope["method"]
        if not self._door.token or path in OPEN_PATHS:
            return None
        if path == "/login":
            return await self._login(scope, receive)
        if path == "/logout" and method == "POST":
            self._sessions.end(self._session(scope))
            return self._with_cookie(RedirectResponse("/login", 303), scope, "", age_s=0)
        if self._is_open(self._session(scope)) or self._has_bearer(scope):
            return None
        if method == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            return RedirectResponse("/login", 303)
        return PlainTextResponse("the token is missing: open /login\n", 401)

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to what nobody may send, token or not."""
        if self._is_foreign(scope):
            return PlainTextResponse(FOREIGN, 403)
        if "transfer-encoding" in Headers(scope=scope):
            # It could go on for ever; no browser sends what it does not know the length of.
            return PlainTextResponse("expected a body with a content-length\n", 411)
        if _length(scope) > MOST_BODY_BYTES:
            return PlainTextResponse(f"expected at most {MOST_BODY_BYTES} bytes\n", 413)
        return None

    def _is_foreign(self, scope: Scope) -> bool:
        """Whether a page of another site may stand behind a request."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._door.token and not is_named_loopback(host):
            return True
        if origin is not None:
            return not is_same_origin(origin, host)
        return scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS

    def _is_open(self, session: str) -> bool:
        return not self._door.token or self._sessions.is_open(session)

    def _session(self, scope: Scope) -> str:
        try:
            cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(self._door.cookie)
        return "" if found is None else found.value

    def _has_bearer(self, scope: Scope) -> bool:
        """Whether a program that keeps no cookies, such as Prometheus, shows the token itself."""
        kind, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self._try(scope, given.strip()) == 0.0

    def _try(self, scope: Scope, given: str) -> float | None:
        """Hold a token against ours.

        Returns:
            0 for the right one, None for a wrong one, else how long to wait with another, seconds.
        """
        address = scope["client"][0] if scope.get("client") else ""
        wait_s = self._throttle.wait_s(address)
        if wait_s > 0:
            return wait_s
        if is_same(given, self._door.token):
            self._throttle.succeed(address)
            return 0.0
        self._throttle.fail(address)
        return None

    async def _login(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] != "POST":
            return self._page(200)
        given = await _token_of(Request(scope, receive))
        outcome = self._try(scope, given)
        if outcome is None:
            return self._page(401, "this is not the token of this console")
        if outcome > 0:
            page = self._page(429, f"too many wrong tokens: wait {ceil(outcome)} s")
            page.headers["Retry-After"] = str(ceil(outcome))
            return page
        answer = RedirectResponse("/", 303)
        return self._with_cookie(answer, scope, self._sessions.open(), age_s=int(SESSION_S))

    def _page(self, status: int, wrong: str = "") -> Response:
        page = HTMLResponse(login_page(self._door.name, wrong), status)
        page.headers["Cache-Control"] = "no-store"
        return page

    def _with_cookie(self, answer: Response, scope: Scope, value: str, *, age_s: int) -> Response:
        is_tls = scope.get("scheme") == "https"
        answer.set_cookie(
            self._door.cookie, value, age_s, httponly=True, samesite="strict", secure=is_tls
        )
        return answer


def _length(scope: Scope) -> int:
    given = Headers(scope=scope).get("content-length", "")
    return int(given) if given.isdecimal() else 0


async def _token_of(request: Request) -> str:
    """Return the field ``token`` of a posted form; empty for a form that is none."""
    body = await request.body()
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError:
        return ""
    return fields.get("token", [""])[0].strip()


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=_headers_of(message))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


def _headers_of(message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Return the list of headers that is in the message itself, so that adding changes it."""
    raw = list(message.get("headers", []))
    message["headers"] = raw
    return raw
