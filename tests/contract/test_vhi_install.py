"""`emgrig vhi install` against a server on loopback that has the shape of GitHub's."""

import hashlib
import http.server
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from emgrig.errors import EmgRigError, PeerError, RequestError
from emgrig_operator.cli import app
from emgrig_operator.installing import install_archive
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


@pytest.fixture
def releases() -> Iterator[Releases]:
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


@pytest.fixture(autouse=True)
def _this_computer(monkeypatch, releases) -> None:
    """Be the same computer everywhere, and let no proxy stand between."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("EMGRIG_VHI_SERVER", releases.url)


@pytest.fixture
def dest(tmp_path) -> Path:
    return tmp_path / "user data" / "vhi"


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


def test_the_latest_is_installed_and_marked(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest)

    assert words_of(dest) == "new"
    assert os.access(dest / "VHI.x86_64", os.X_OK)
    assert (dest / "data/poses.pck").is_file()
    assert (dest / "vhi-version.txt").read_text() == (
        f"installed_tag=v2.1.0\nasset={ASSET}\nplatform=Linux/x86_64\n"
    )
    assert "generation 2" in said
    # The very release whose digest was asked for, whatever is the latest by now.
    assert f"{REPOSITORY}/download/v2.1.0/{ASSET}" in releases.asked


def test_a_tag_is_installed(dest, releases) -> None:
    releases.publish("v1.0.0", hand("old"))
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest, "--tag", "v1.0.0")

    assert words_of(dest) == "old"
    assert "generation 1: MyoGestic 2.5 and later refuse it" in said


def test_the_result_is_one_json_object(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))

    document = json.loads(installed(dest, "--json").splitlines()[-1])

    assert document == {
        "folder": str(dest),
        "tag": "v2.1.0",
        "asset": ASSET,
        "verified": True,
        "kept": None,
    }


def test_the_launcher_launches_what_was_installed(tmp_path, releases, monkeypatch) -> None:
    monkeypatch.setenv("VHI_PATH", str(tmp_path / "mine"))
    releases.publish("v2.1.0", hand("new"))
    result = CliRunner().invoke(app, ["vhi", "install"])
    assert result.exception is None

    shown = CliRunner().invoke(app, ["vhi", "where", "--json"])

    document = json.loads(shown.output.splitlines()[-1])
    assert document["argv"] == [str(tmp_path / "mine" / "VHI.x86_64")]
    assert document["tag"] == "v2.1.0"


def test_a_wrong_digest_stops_before_unpacking(dest, releases) -> None:
    # Were it unpacked, its damage would be what is reported.
    releases.publish("v2.1.0", b"something else", digest=f"sha256:{'0' * 64}")

    words = refused(dest)

    assert "expected SHA-256 0000" in words
    assert not dest.exists()


def test_no_verify_does_not_compare(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=f"sha256:{'0' * 64}")

    installed(dest, "--no-verify")

    assert words_of(dest) == "new"


def test_a_missing_digest_is_a_warning(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=None)

    assert "warning: not verified" in installed(dest)


def test_a_server_that_describes_nothing_is_a_warning(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))
    del releases.files[f"{API}/latest"]

    said = installed(dest)

    assert "warning: which release is the latest is not known" in said
    assert "warning: not verified" in said
    assert "installed_tag=latest\n" in (dest / "vhi-version.txt").read_text()


def test_an_unknown_tag_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))

    assert "404" in refused(dest, "--tag", "v9.0.0")


def test_a_download_that_was_cut_short_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=None)
    releases.cut.add("/storage/v2.1.0")

    assert "cut short" in refused(dest, by=PeerError)
    assert not dest.exists()


def test_a_silent_server_is_said(dest) -> None:
    words = refused(dest, "--server", "http://127.0.0.1:9", by=PeerError)

    assert "--from FILE" in words


def test_a_redirect_to_a_place_without_https_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))
    releases.files[f"{REPOSITORY}/download/v2.1.0/{ASSET}"] = "http://example.org/x"

    assert "https" in refused(dest)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"../VHI.x86_64": "x"}, "inside the folder"),
        ({"/VHI.x86_64": "x"}, "inside the folder"),
        ({"VHI.x86_64": "->/bin/sh"}, "plain files"),
        ({"VHI.x86_64": "x", "data": "->..", "data/out": "x"}, "plain files"),
        ({"vhi/VHI.x86_64": "x"}, "at the top"),
        ({"VHI.exe": "x"}, "at the top"),
    ],
)
def test_a_hostile_or_foreign_archive_is_refused(dest, releases, members, words) -> None:
    releases.publish("v2.1.0", archive_of(**members))

    assert words in refused(dest)
    assert not dest.exists()


def test_what_is_there_is_not_replaced_unasked(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    installed(dest)
    releases.publish("v2.1.0", hand("new"))
    releases.asked.clear()

    words = refused(dest)

    assert "v2.0.0" in words
    assert "--force" in words
    assert words_of(dest) == "old"
    assert not releases.asked


def test_force_replaces_it(dest, releases) -> None:
    releases.publish("v2.0.0", archive_of(**{"VHI.x86_64": "old", "only-old": "x"}))
    installed(dest)
    releases.publish("v2.1.0", hand("new"))

    installed(dest, "--force")

    assert words_of(dest) == "new"
    assert not (dest / "only-old").exists()
    assert [path.name for path in dest.parent.iterdir()] == ["vhi"]


def test_force_that_fails_leaves_the_old_one(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    installed(dest)
    releases.publish("v2.1.0", hand("new")[:-20])

    refused(dest, "--force")

    assert words_of(dest) == "old"
    assert "v2.0.0" in (dest / "vhi-version.txt").read_text()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_force_never_deletes_what_is_no_vhi(dest, releases, monkeypatch, can_exchange) -> None:
    if not can_exchange:
        monkeypatch.setattr(f"{install_archive.__module__}._exchange", lambda *_: False)
    dest.mkdir(parents=True)
    (dest / "thesis.txt").write_text("years of work")
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest, "--force")

    kept = next(dest.parent.glob("vhi.before-*"))
    assert words_of(dest) == "new"
    assert (kept / "thesis.txt").read_text() == "years of work"
    assert kept.name in said.replace("\n", "")


def test_an_empty_folder_is_free(dest, releases) -> None:
    dest.mkdir(parents=True)
    releases.publish("v2.1.0", hand("new"))

    installed(dest)

    assert words_of(dest) == "new"


def test_a_local_archive_is_installed_without_a_server(dest, tmp_path, releases) -> None:
    archive = tmp_path / "fetched.tar.gz"
    archive.write_bytes(hand("mine"))

    installed(dest, "--from", archive, "--tag", "v2.0.3")

    assert words_of(dest) == "mine"
    assert "installed_tag=v2.0.3\nasset=fetched.tar.gz\n" in (dest / "vhi-version.txt").read_text()
    assert not releases.asked


def test_a_platform_without_a_build_is_refused(dest, releases, monkeypatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")

    assert "Linux/aarch64" in refused(dest)
    assert not releases.asked
