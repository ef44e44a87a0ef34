"""The two forms of a session, zip archive and folder, opened without trusting them."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from emgrig.errors import SessionError

# Zarr is imported where an array is opened: it takes half a second, and a recorder that was killed
# must record again, for which it needs no array.
if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["Container", "FolderContainer", "ZipContainer", "open_container"]

MAX_ENTRIES = 500_000
MAX_DOCUMENT_BYTES = 64 << 20
# A stored archive holds about what it weighs; a deflated one of measured data, a few times that.
MAX_EXPANSION = 20
_EXPANSION_SLACK_BYTES = 64 << 20


class Container(Protocol):
    """Read access to the files of a session.

    Attributes:
        path: Archive or folder.
        sizes: Bytes of each file by its name, names with ``/``.
    """

    path: Path
    sizes: dict[str, int]

    def read(self, name: str, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
        """Return a file's first bytes, at most the limit."""
        ...

    def store(self) -> "Store":
        """Return what Zarr reads its arrays from; it trusts their metadata."""
        ...

    def close(self) -> None:
        """Close the files; twice is harmless."""
        ...


class ZipContainer:
    """A session in a zip archive.

    Raises:
        SessionError: It is no archive, or one with entries that no session has: absolute names,
            ``..``, links, encrypted or overgrown ones.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise SessionError(
                f"expected a session archive, got {error} in {path}; check the path"
            ) from error
        self._store: Store | None = None
        try:
            self.sizes = _checked_entries(self._zip.infolist(), path)
        except SessionError:
            self.close()
            raise

    def read(self, name: str, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
        """See `Container.read`."""
        try:
            with self._zip.open(name) as entry:
                return entry.read(limit)
        except (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise _unreadable(name, self.path, error) from error

    def store(self) -> "Store":
        """See `Container.store`."""
        from zarr.storage import ZipStore

        if self._store is None:
            self._store = ZipStore(self.path, mode="r")
        return self._store

    def damaged_entry(self) -> str | None:
        """Return the first entry whose checksum does not hold, reading everything."""
        try:
            return self._zip.testzip()
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            return str(error)

    def close(self) -> None:
        """See `Container.close`."""
        self._zip.close()
        if self._store is not None:
            self._store.close()
            self._store = None


class FolderContainer:
    """A session in a folder, as the MyoGestic library has it before packing.

    Raises:
        SessionError: It contains links, or more files than a session has.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: dict[str, int] = {}
        for found in path.rglob("*"):
            status = found.lstat()
            if stat.S_ISLNK(status.st_mode):
                raise _refused("no links", str(found.relative_to(path)), path)
            if stat.S_ISREG(status.st_mode):
                self.sizes[found.relative_to(path).as_posix()] = status.st_size
            if len(self.sizes) > MAX_ENTRIES:
                raise _refused(f"at most {MAX_ENTRIES} files", "more", path)

    def read(self, name: str, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
        """See `Container.read`."""
        try:
            with (self.path / name).open("rb") as file:
                return file.read(limit)
        except OSError as error:
            raise _unreadable(name, self.path, error) from error

    def store(self) -> "Store":
        """See `Container.store`."""
        from zarr.storage import LocalStore

        return LocalStore(self.path, read_only=True)

    def close(self) -> None:
        """See `Container.close`."""


def open_container(path: Path) -> ZipContainer | FolderContainer:
    """Open a session's archive or folder; raises SessionError as its class says."""
    return FolderContainer(path) if path.is_dir() else ZipContainer(path)


def _checked_entries(entries: list[zipfile.ZipInfo], path: Path) -> dict[str, int]:
    if len(entries) > MAX_ENTRIES:
        raise _refused(f"at most {MAX_ENTRIES} entries", str(len(entries)), path)
    sizes: dict[str, int] = {}
    n_bytes = path.stat().st_size
    for entry in entries:
        _check_entry(entry, path)
        # Room is made for what an entry declares before it is read.
        if entry.header_offset + entry.compress_size > n_bytes:
            raise _refused("entries inside the archive", f"{entry.filename!r:.80} behind it", path)
        if entry.filename in sizes:
            raise _refused("every name once", f"{entry.filename!r:.80} twice", path)
        if not entry.is_dir():
            sizes[entry.filename] = entry.file_size
    limit = MAX_EXPANSION * n_bytes + _EXPANSION_SLACK_BYTES
    if sum(sizes.values()) > limit:
        raise _refused(f"at most {limit} bytes unpacked", f"{sum(sizes.values())}", path)
    return sizes


def _check_entry(entry: zipfile.ZipInfo, path: Path) -> None:
    name = entry.filename
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
        raise _refused("names inside the archive", f"{name!r:.80}", path)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused("no links", f"{name!r:.80}", path)
    if entry.flag_bits & 1:
        raise _refused("no encryption", f"{name!r:.80}", path)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused("stored or deflated entries", f"{name!r:.80}", path)


def _refused(expected: str, got: str, path: Path) -> SessionError:
    return SessionError(
        f"expected {expected}, got {got} in {path}; this is not a session of this rig or of "
        "MyoGestic, do not use it"
    )


def _unreadable(name: str, path: Path, error: Exception) -> SessionError:
    return SessionError(
        f"expected to read {name} in {path}, got {error}; the session is incomplete or damaged"
    )
