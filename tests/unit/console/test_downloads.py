"""Session files go out under a name that is safe, or not at all."""

from types import SimpleNamespace

import pytest
from emgrig.errors import RequestError
from emgrig_console.downloads import add_downloads
from fastapi import FastAPI

from tests.unit.console.visitor import Visitor


class Recorder:
    """Has the sessions that it is told."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def of(self, process):
        return self

    def stream(self, method, request):
        if request.session not in self.names:
            raise RequestError(f"expected a session, got {request.session!r}")
        yield from (SimpleNamespace(data=piece) for piece in (b"PK", b"rest"))


@pytest.fixture
def site() -> Visitor:
    app = FastAPI()
    add_downloads(app, SimpleNamespace(client=Recorder("take", 'a"b\r\nc')))
    return Visitor(app, "http://127.0.0.1:8080")


def test_a_session_comes_in_pieces_under_its_name(site) -> None:
    answer = site.get("/sessions/take")

    assert answer.content == b"PKrest"
    assert answer.headers["content-disposition"] == 'attachment; filename="take.session.zip"'


def test_what_is_not_there_is_said(site) -> None:
    answer = site.get("/sessions/another")

    assert answer.status_code == 404
    assert "got 'another'" in answer.text


def test_a_hostile_name_is_cleaned(site) -> None:
    answer = site.get("/sessions/a%22b%0D%0Ac")

    assert answer.headers["content-disposition"] == 'attachment; filename="abc.session.zip"'
