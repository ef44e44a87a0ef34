"""Put an unpacked VHI where it is launched: the old one stays until the new one is whole."""

import ctypes
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import RequestError

from emgrig_operator.choosing_hand import BINARIES
from emgrig_operator.unpacking import unpack

__all__ = ["MARKER", "Origin", "install_archive", "installed_tag", "require_free", "staging"]

MARKER = "vhi-version.txt"
"""Source: contracts/vhi.md 6.3."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""Source: Linux, renameat2(2)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an installation came from, as the marker file says it.

    Attributes:
        tag: Of the release, or ``local``.
        asset: Name of the archive.
        system: ``platform.system`` of this computer.
        machine: ``platform.machine`` of this computer.
    """

    tag: str
    asset: str
    system: str
    machine: str

    def __str__(self) -> str:
        platform = f"{self.system}/{self.machine}"
        return f"installed_tag={self.tag}\nasset={self.asset}\nplatform={platform}\n"


def require_free(folder: Path, *, force: bool) -> None:
    """Say early that a destination is taken.

    Raises:
        RequestError: It is a file, or holds something and ``force`` is off.
    """
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"expected a folder, got the file {folder}; name another --dest")
    if not force and folder.is_dir() and any(folder.iterdir()):
        words = installed_tag(folder) or "something"
        raise RequestError(
            f"expected an empty folder, got {words} in {folder}; replace it with --force, "
            "or name another --dest"
        )


def installed_tag(folder: Path) -> str:
    """Return the tag of the installation in a folder; empty where no marker says it."""
    try:
        lines = (folder / MARKER).read_text("utf-8")[:4096].splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    tags = [line.partition("=")[2] for line in lines if line.startswith("installed_tag=")]
    return tags[0].strip() if tags else ""


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give a folder beside the destination, on the same file system, gone afterwards.

    Raises:
        RequestError: It cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage = tempfile.TemporaryDirectory(prefix=".vhi-install-", dir=folder.parent)
    except OSError as error:
        raise RequestError(
            f"expected to write in {folder.parent}, got: {error.strerror}; name another --dest"
        ) from error
    with stage as path:
        yield Path(path)


def install_archive(archive: Path, folder: Path, stage: Path, origin: Origin) -> Path | None:
    """Unpack, check, mark, and swap.

    Args:
        archive: The file, verified.
        folder: The destination, absolute, no link.
        stage: From `staging`.
        origin: For the marker file.

    Returns:
        Where the old content is kept, if it was no VHI.

    Raises:
        RequestError: The archive is not a VHI for this computer; the destination is as it was.
    """
    new = stage / "vhi"
    new.mkdir()
    unpack(archive, new)
    binary = new / BINARIES[origin.system]
    if not binary.is_file():
        have = ", ".join(sorted(path.name for path in new.iterdir())[:8]) or "nothing"
        raise RequestError(
            f"expected {BINARIES[origin.system]} at the top of {archive.name}, got {have}"
        )
    try:
        binary.chmod(0o755)
        (new / MARKER).write_text(str(origin), "utf-8")
        new.chmod(0o755)
        return _swap(new, folder, stage)
    except OSError as error:
        raise RequestError(
            f"expected to put the VHI in {folder}, got: {error.strerror}; it is as it was"
        ) from error


def _swap(new: Path, folder: Path, stage: Path) -> Path | None:
    is_ours = _holds_vhi(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        if folder.is_dir():
            folder.rmdir()
        new.rename(folder)
        return None
    kept = folder.with_name(f"{folder.name}.before-{secrets.token_hex(4)}")
    if _exchange(new, folder):
        new.rename(stage / "old" if is_ours else kept)
        return None if is_ours else kept
    folder.rename(kept)
    try:
        new.rename(folder)
    except OSError:
        kept.rename(folder)
        raise
    if is_ours:
        kept.rename(stage / "old")
    return None if is_ours else kept


def _holds_vhi(folder: Path) -> bool:
    tops = {MARKER, *(Path(name).parts[0] for name in BINARIES.values())}
    return any((folder / name).exists() for name in tops)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, so that there is a VHI at every moment; False where unable."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return bool(rename(*paths, ctypes.c_uint(_RENAME_EXCHANGE)) == 0)
