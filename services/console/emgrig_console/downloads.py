"""Session files for the browser, from the recorder; no name from outside reaches the disk."""

from collections.abc import Iterator
from typing import Any

from emgrig.control import recorder_pb2
from emgrig.errors import EmgRigError
from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from emgrig_console.desk import Desk

__all__ = ["add_downloads"]

SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def add_downloads(app: FastAPI, desk: Desk) -> None:
    """Serve ``/sessions/<session>``."""

    @app.get("/sessions/{session}")
    def download(session: str) -> Response:
        request = recorder_pb2.SessionRequest(session=session)
        pieces = desk.client.of("recorder").stream("Recorder.DownloadSession", request)
        try:
            first = next(pieces, None)
        except EmgRigError as error:
            return PlainTextResponse(str(error), status_code=404)
        name = "".join(character for character in session if character in SAFE)
        headers = {"Content-Disposition": f'attachment; filename="{name}.session.zip"'}
        return StreamingResponse(
            _bytes(first, pieces), media_type="application/zip", headers=headers
        )


def _bytes(first: Any, rest: Iterator[Any]) -> Iterator[bytes]:
    if first is not None:
        yield first.data
    for piece in rest:
        yield piece.data
