"""The whole site as it is served: whose pages it answers, what it lists, what a logout ends."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from emgrig.testing import running
from playwright.sync_api import Browser, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.browser.console_rig import write_rig
from tests.browser.desk_page import new_desk

TOKEN = "a-token-of-the-bench"
SOCKETS = (
    "/ws/signal",
    "/ws/hands",
    "/_nicegui_ws/socket.io/?EIO=4&transport=websocket",
)


@pytest.fixture(scope="module")
def open_url(tmp_path_factory) -> Iterator[str]:
    """A console on loopback, without a token and without a rig."""
    rig = write_rig(tmp_path_factory.mktemp("open"))
    with running("console", rig):
        yield f"http://127.0.0.1:{rig.tables['console']['port']}"


@pytest.mark.parametrize("path", SOCKETS)
def test_a_socket_is_for_our_own_pages(open_url: str, path: str) -> None:
    address = open_url.replace("http", "ws") + path
    with connect(address, origin=Origin(open_url)):
        pass

    for origin in (Origin("http://evil.example"), None):
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, origin=origin)


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/sessions/",
        "/sessions/..%2Fx",
        "/sessions/../x",
        "/static/../web.py",
    ],
)
def test_no_folder_is_listed_and_no_name_leads_out_of_it(open_url: str, path: str) -> None:
    asked = http.client.HTTPConnection(urlsplit(open_url).netloc, timeout=10)
    asked.request("GET", path)

    answer = asked.getresponse()
    text = answer.read().decode("utf-8", "replace")
    asked.close()

    assert answer.status == 404
    assert "make_app" not in text
    assert "theme.css" not in text


def test_a_logout_on_the_page_ends_it(tabs: Browser, tmp_path) -> None:
    token = tmp_path / "console.token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    rig = write_rig(tmp_path, {"console": {"token_file": "console.token"}})
    url = f"http://127.0.0.1:{rig.tables['console']['port']}"
    with running("console", rig):
        desk = new_desk(tabs)
        other = desk.page.context.new_page()
        desk.page.goto(url)
        desk.page.get_by_label("Token of this console").fill(TOKEN)
        desk.page.get_by_role("button", name="Open the console").click()
        desk.says("header-state", "NOT RUNNING")
        with other.expect_websocket(lambda socket: "/ws/signal" in socket.url) as opened:
            other.goto(url, wait_until="domcontentloaded")

        # The other tab has no live value any more either.
        with opened.value.expect_event("close"):
            desk.by("header-logout").click()

        expect(desk.page).to_have_url(f"{url}/login")
