"""The door in front of a small app: what passes, what is asked for the token, what is refused."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from emgrig_console.gatekeeping import SESSION_S
from emgrig_console.session_sockets import while_open

from tests.deadlines import MS
from tests.unit.console.door import (
    HERE,
    HTML,
    THERE,
    TOKEN,
    Clock,
    log_in,
    served,
    write_token,
)
from tests.unit.console.visitor import Visitor


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def local(tmp_path: Path, clock: Clock) -> Visitor:
    return served(tmp_path, clock)


@pytest.fixture
def remote(tmp_path: Path, clock: Clock) -> Visitor:
    """A console on every address of the machine, called by the rig's name in the network."""
    token_file = write_token(tmp_path)
    return served(tmp_path, clock, "http://rig:8080", host="0.0.0.0", token_file=token_file)


def test_loopback_needs_no_token(local: Visitor) -> None:
    assert local.get("/", headers=HTML).text == "inside"
    assert local.post("/do", headers=HERE).text == "inside"
    assert local.is_accepted("/live", HERE)


@pytest.mark.parametrize("host", ["evil.example:8080", "rig", ""])
def test_loopback_under_a_foreign_name_is_refused(local: Visitor, host: str) -> None:
    assert local.get("/", headers={"host": host}).status_code == 403
    headers = {"host": host, "origin": f"http://{host}"}
    assert not local.is_accepted("/live", headers)


def test_behind_a_proxy_the_token_is_asked_for_under_any_name(tmp_path: Path, clock: Clock) -> None:
    client = served(tmp_path, clock, "https://rig.example", token_file=write_token(tmp_path))

    assert client.get("/", headers=HTML).headers["location"] == "/login"
    answered = client.post("/login", data={"token": TOKEN}, headers={"origin": client.base})
    assert "Secure" in answered.headers["set-cookie"]
    assert client.get("/", headers=HTML).text == "inside"


def test_pages_of_others_get_nothing(local: Visitor) -> None:
    assert local.get("/", headers=THERE).status_code == 403
    assert local.post("/do", headers=THERE).status_code == 403
    assert local.post("/do").status_code == 403
    for headers in (THERE, {"origin": "null"}, {}):
        assert not local.is_accepted("/live", headers)


def test_headers_confine_the_page(local: Visitor) -> None:
    headers = local.get("/").headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert local.get("/", headers=THERE).headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/../rig.toml", "/static/%2e%2e/rig.toml"]
)
def test_no_folder_is_listed_and_nothing_else_is_served(local: Visitor, path: str) -> None:
    assert local.get("/static/page.css").status_code == 200
    assert local.get(path).status_code in (307, 404)


def test_a_stranger_is_led_to_the_login(remote: Visitor) -> None:
    page = remote.get("/", headers=HTML)

    assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert remote.get("/static/page.css").status_code == 401
    assert remote.get("/metrics").status_code == 401
    assert remote.get("/healthz").text == "inside"
    assert not remote.is_accepted("/live", {"origin": "http://rig:8080"})


def test_the_login_page_is_a_labelled_form(remote: Visitor) -> None:
    page = remote.get("/login")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert re.search(r'<html lang="en">', page.text)
    assert '<label for="token">' in page.text
    assert TOKEN not in page.text


def test_the_token_opens_a_session(remote: Visitor) -> None:
    answered = log_in(remote)
    cookie = answered.headers["set-cookie"]

    assert (answered.status_code, answered.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "emgrig-console-8080=" in cookie
    assert TOKEN not in cookie
    assert remote.get("/", headers=HTML).text == "inside"
    assert remote.is_accepted("/live", {"origin": "http://rig:8080"})


def test_logout_ends_it(remote: Visitor) -> None:
    log_in(remote)
    kept = remote.cookies

    assert remote.post("/logout", headers={"origin": "http://rig:8080"}).status_code == 303
    remote.cookies = kept

    assert remote.get("/", headers=HTML).status_code == 303


@pytest.mark.parametrize("end", ["logout", "age", ""])
def test_a_page_that_is_open_gets_nothing_after_its_session(
    remote: Visitor, clock: Clock, end: str
) -> None:
    log_in(remote)

    async def end_session() -> None:
        if end == "age":
            clock.now = SESSION_S
        elif end:
            await remote.send("POST", "/logout", headers={"origin": "http://rig:8080"})

    told = remote.talk("/echo", {"origin": "http://rig:8080"}, end_session)

    assert told[:2] == ["websocket.accept", "websocket.send"]
    assert told[2:] == ["websocket.close" if end else "websocket.send"]


def test_a_logout_ends_at_once_what_nobody_talks_on(remote: Visitor) -> None:
    log_in(remote)

    async def end_session() -> None:
        await remote.send("POST", "/logout", headers={"origin": "http://rig:8080"})
        async with asyncio.timeout(10_000 * MS):
            await asyncio.Event().wait()

    told = remote.talk("/echo", {"origin": "http://rig:8080"}, end_session)

    assert told == ["websocket.accept", "websocket.send", "websocket.close"]


def test_a_page_that_says_nothing_is_told_nothing_after_its_session() -> None:
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def say_twice() -> None:
        _, send_while_open = while_open(lambda: False, asyncio.Event(), send, send)
        for _ in range(2):
            await send_while_open({"type": "websocket.send", "text": "secret"})

    asyncio.run(say_twice())

    assert sent == ["websocket.close"]


def test_a_body_without_an_end_is_not_read(local: Visitor) -> None:
    async def parts():
        raise AssertionError("it was read")
        yield b""

    assert local.post("/do", headers=HERE, content=parts()).status_code == 411


def test_nobody_sends_more_than_a_page_would(local: Visitor) -> None:
    headers = HERE | {"content-length": f"{2 << 20}"}

    assert local.post("/do", headers=headers).status_code == 413


def test_a_wrong_token_is_said_and_too_many_wait(remote: Visitor, clock: Clock) -> None:
    wrong = [log_in(remote, "wrong<script>") for _ in range(5)]
    late = log_in(remote)

    assert {page.status_code for page in wrong} == {401}
    assert 'role="alert"' in wrong[0].text
    assert "<script>" not in wrong[0].text
    assert late.status_code == 429
    assert late.headers["retry-after"] == "60"
    assert remote.get("/", headers=HTML).status_code == 303

    clock.now = 60.0
    assert log_in(remote).status_code == 303


def test_logins_of_foreign_pages_are_refused(remote: Visitor) -> None:
    assert remote.post("/login", data={"token": TOKEN}, headers=THERE).status_code == 403


@pytest.mark.parametrize("body", [b"token=" + b"x" * 10_000, b"a=1&" * 20, b"\xff\xfe", b""])
def test_a_form_that_is_none_is_a_wrong_token(remote: Visitor, body: bytes) -> None:
    headers = {"origin": "http://rig:8080"}

    assert remote.post("/login", content=body, headers=headers).status_code == 401


def test_programs_show_the_token_itself(remote: Visitor) -> None:
    right = {"authorization": f"Bearer {TOKEN}"}
    wrong = {"authorization": "Bearer something"}

    assert remote.get("/metrics", headers=right).text == "inside"
    assert remote.get("/metrics", headers=wrong).status_code == 401
    assert remote.get("/metrics", headers={"authorization": f"Basic {TOKEN}"}).status_code == 401


@pytest.mark.parametrize("cookie", ["a=b", "emgrig-console-8080=wrong", "\x01;=;=", ""])
def test_a_cookie_that_is_none_opens_nothing(remote: Visitor, cookie: str) -> None:
    assert remote.get("/", headers=HTML | {"cookie": cookie}).status_code == 303
