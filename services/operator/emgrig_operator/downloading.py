"""Fetch descriptions and files over HTTP, never more than announced and never without an end."""

import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from emgrig.errors import PeerError, PeerLostError, RequestError

from emgrig_operator.releases import Release, api_url, read_release, require_server

__all__ = ["MAX_ARCHIVE_BYTES", "Progress", "describe", "download"]

type Progress = Callable[[int, int], None]
"""Told the bytes so far and the bytes in all; 0 in all where the server did not say."""

MAX_ARCHIVE_BYTES = 1 << 30
"""The real archives have about a tenth of it."""

MAX_DESCRIPTION_BYTES = 4 << 20
SILENCE_S = 20.0
WHOLE_S = 1800.0
BLOCK_BYTES = 1 << 18


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follow only to where we would have gone ourselves."""

    def redirect_request(  # noqa: PLR0913 - the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request of the next step.

        Raises:
            RequestError: It leads to a place that is neither https nor on this machine.
        """
        try:
            require_server(newurl)
        except RequestError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def describe(server: str, tag: str, asset: str) -> Release:
    """Return what the server says of a release; what it does not say is a doubt, not an error.

    Raises:
        RequestError: The release does not have the file.
    """
    try:
        with _open(api_url(server, tag), "application/vnd.github+json") as reply:
            text = reply.read(MAX_DESCRIPTION_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        return Release(tag, doubt=f"the release's description cannot be read: {error}")
    except (OSError, http.client.HTTPException) as error:
        return Release(tag, doubt=f"the release's description cannot be read: {error}")
    return read_release(text, tag, asset)


def download(url: str, path: Path, progress: Progress) -> str:
    """Fetch a file and return its SHA-256.

    Raises:
        RequestError: It is not there, or larger than `MAX_ARCHIVE_BYTES`.
        PeerError: The server does not answer, or the file ends early.
    """
    try:
        with _open(url, "application/octet-stream") as reply, path.open("wb") as file:
            return _copy(reply, file, url, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {404, 410}:
            raise RequestError(
                f"expected a file at {url}, got {error.code}; name another --tag"
            ) from error
        raise PeerError(f"expected the file at {url}, got {error}; try again later") from error
    except (
        *(urllib.error.URLError, http.client.HTTPException),
        *(TimeoutError, ConnectionError, ssl.SSLError),
    ) as error:
        raise PeerLostError(
            f"expected an answer of {url}, got: {error}; check the network, or fetch the file by "
            "other means and install it with --from FILE"
        ) from error
    except OSError as error:
        raise RequestError(f"expected to write {path}, got: {error.strerror}") from error


def _open(url: str, accept: str) -> http.client.HTTPResponse:
    opener = urllib.request.build_opener(_SafeRedirects)
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "emgrig"})
    reply: http.client.HTTPResponse = opener.open(request, timeout=SILENCE_S)
    return reply


def _copy(reply: http.client.HTTPResponse, file: IO[bytes], url: str, progress: Progress) -> str:
    announced = reply.length or 0
    digest = hashlib.sha256()
    deadline = time.monotonic() + WHOLE_S
    n_bytes = 0
    while block := reply.read1(BLOCK_BYTES):
        n_bytes += len(block)
        if max(n_bytes, announced) > MAX_ARCHIVE_BYTES:
            raise RequestError(f"expected at most {MAX_ARCHIVE_BYTES} bytes at {url}, got more")
        if time.monotonic() > deadline:
            raise PeerLostError(f"expected {url} within {WHOLE_S:.0f} s, got {n_bytes} bytes")
        file.write(block)
        digest.update(block)
        progress(n_bytes, announced)
    if n_bytes != announced and announced:
        raise PeerError(
            f"expected {announced} bytes of {url}, got {n_bytes}: it was cut short; try again"
        )
    return digest.hexdigest()
