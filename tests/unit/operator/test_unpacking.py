"""An archive is unpacked whole and inside its folder, or refused."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from emgrig.errors import RequestError
from emgrig_operator.unpacking import Limits, unpack

LINK = 0o120777 << 16


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, 0o755
    return info


def zip_of(path: Path, *names: str, attributes: int = 0) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes
            file.writestr(info, "x")
    return path


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "in" / "folder"
    place.mkdir(parents=True)
    return place


def test_a_tar_is_unpacked_with_its_modes(tmp_path, folder) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", (member("data/VHI"), b"hand"))

    unpack(archive, folder)

    assert (folder / "data/VHI").read_bytes() == b"hand"
    assert (folder / "data/VHI").stat().st_mode & 0o777 == 0o755


def test_a_zip_is_unpacked_with_its_modes(tmp_path, folder) -> None:
    archive = zip_of(tmp_path / "a.zip", "VHI.app/run", attributes=0o100755 << 16)

    unpack(archive, folder)

    assert (folder / "VHI.app/run").stat().st_mode & 0o777 == 0o755


HOSTILE_NAMES = ["../out", "a/../../out", "/out", "a\\..\\out", "C:out", "a\x01b"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_tar_cannot_write_outside(tmp_path, folder, name) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", (member(name), b"x"))

    with pytest.raises(RequestError, match="inside the folder"):
        unpack(archive, folder)

    assert not everything(folder.parent)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_zip_cannot_write_outside(tmp_path, folder, name) -> None:
    archive = zip_of(tmp_path / "a.zip", name)

    with pytest.raises(RequestError, match="inside the folder"):
        unpack(archive, folder)

    assert not everything(folder.parent)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_a_tar_holds_no_links_and_devices(tmp_path, folder, kind) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", (member("a", kind, "/etc/passwd"), b""))

    with pytest.raises(RequestError, match="plain files"):
        unpack(archive, folder)

    assert not everything(folder)


def test_a_zip_holds_no_links(tmp_path, folder) -> None:
    archive = zip_of(tmp_path / "a.zip", "a", attributes=LINK)

    with pytest.raises(RequestError, match="plain files"):
        unpack(archive, folder)

    assert not everything(folder)


@pytest.mark.parametrize("limits", [Limits(n_bytes=10_000), Limits(n_members=2)])
@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, folder, limits, kind) -> None:
    names = ["a", "b", "c"]
    big = b"\0" * 5000
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name in names:
                file.writestr(name, big)
    else:
        tar_of(path, *((member(name), big) for name in names))

    with pytest.raises(RequestError, match="got more"):
        unpack(path, folder, limits=Limits(limits.n_members, limits.n_bytes))

    assert sum(path.stat().st_size for path in everything(folder)) <= 10_000


def test_a_header_cannot_fill_the_memory(tmp_path, folder) -> None:
    info = member("a")
    info.pax_headers = {"comment": "x" * (3 << 20)}
    archive = tar_of(tmp_path / "a.tar.gz", (info, b"x"))

    with pytest.raises(RequestError, match="a header of"):
        unpack(archive, folder)


@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("a", "./a")])
def test_a_file_comes_once(tmp_path, folder, names) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", *((member(name), b"x") for name in names))

    with pytest.raises(RequestError, match="twice"):
        unpack(archive, folder)


@pytest.mark.parametrize("kept", [0.99, 0.5, 0.01])
@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_an_archive_that_was_cut_short_is_refused(tmp_path, folder, kind, kept) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        zip_of(path, *(f"file {i}" for i in range(50)))
    else:
        tar_of(path, *((member(f"file {i}"), b"y" * i) for i in range(50)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])

    with pytest.raises(RequestError, match="whole"):
        unpack(path, folder)


def test_anything_else_is_refused(tmp_path, folder) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"<html>not found</html>")

    with pytest.raises(RequestError, match="whole"):
        unpack(path, folder)


def test_a_damaged_lzma_archive_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "hand.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("VHI.x86_64", bytes(range(256)) * 8)
    whole = path.read_bytes()
    refused = 0

    # Behind the local header and the name, before the central directory.
    for at in range(50, whole.index(b"PK\x01\x02"), 4):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        folder = tmp_path / f"out-{at}"
        folder.mkdir()
        try:
            unpack(path, folder)
        except RequestError:
            refused += 1

    assert refused > 0
