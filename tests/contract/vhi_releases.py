"""A server on loopback that has the shape of GitHub's, and `emgrig vhi install` asking it."""

import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emgrig.errors import EmgRigError, RequestError
from emgrig_operator.cli import app
from typer.testing import CliRunner, Result

ASSET = "VHI-linux-x64.tar.gz"
REPOSITORY = "/NsquaredLab/MyoGestic-VHI/releases"
API = "/api/v3/repos/NsquaredLab/MyoGestic-VHI/releases"


def archive_of(**members: str) -> bytes:
    """Return a tar.gz; the text of a member that begins with -> is the target of a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            if text.startswith("->"):
                info.type, info.linkname = tarfile.SYMTYPE, text[2:]
                tar.addfile(info)
                continue
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def hand(words: str) -> bytes:
    return archive_of(**{"VHI.x86_64": words, "data/poses.pck": "poses"})


class Releases:
    """What the server has: address -> bytes, or the address to go to.

    Attributes:
        asked: Every path that was asked for.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes | str] = {}
        self.cut: set[str] = set()
        self.asked: list[str] = []
        self.url = ""

    def publish(self, tag: str, archive: bytes, *, digest: str | None = "right") -> None:
        """Add a release and make it the latest."""
        if digest == "right":
            digest = f"sha256:{hashlib.sha256(archive).hexdigest()}"
        asset = {"name": ASSET, "size": len(archive), "digest": digest}
        text = json.dumps({"tag_name": tag, "assets": [asset]}).encode()
        self.files |= {f"{API}/tags/{tag}": text, f"{API}/latest": text}
        self.files[f"/storage/{tag}"] = archive
        # As at GitHub: the file is somewhere else.
        self.files[f"{REPOSITORY}/download/{tag}/{ASSET}"] = f"{self.url}/storage/{tag}"
        self.files[f"{REPOSITORY}/latest/download/{ASSET}"] = f"{self.url}/storage/{tag}"


@contextmanager
def release_server() -> Iterator[Releases]:
    """Serve releases until the block ends."""
    known = Releases()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            found = known.files.get(self.path)
            if isinstance(found, str):
                self.send_response(302)
                self.send_header("Location", found)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif found is None:
                self.send_error(404)
            else:
                self.send_response(200)
                self.send_header("Content-Length", str(len(found)))
                self.end_headers()
                self.wfile.write(found[:-20] if self.path in known.cut else found)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


def install(dest: Path, *arguments: str | Path) -> Result:
    words = ["vhi", "install", "--dest", str(dest), *map(str, arguments)]
    return CliRunner().invoke(app, words)


def installed(dest: Path, *arguments: str | Path) -> str:
    """Install, and return what was said."""
    result = install(dest, *arguments)
    assert result.exception is None, result.exception
    leave_nothing(dest)
    return result.output


def refused(dest: Path, *arguments: str | Path, by: type[EmgRigError] = RequestError) -> str:
    """Fail to install, and return why."""
    result = install(dest, *arguments)
    assert isinstance(result.exception, by), result.exception
    leave_nothing(dest)
    return str(result.exception)


def leave_nothing(dest: Path) -> None:
    if dest.parent.exists():
        left = {path.name for path in dest.parent.iterdir()} - {dest.name}
        assert not {name for name in left if name.startswith(".")}


def words_of(dest: Path) -> str:
    return (dest / "VHI.x86_64").read_text()
