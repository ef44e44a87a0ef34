"""Unpack an archive from somebody else: files and folders only, inside the folder, of bounded size.

Source: Python documentation, ``tarfile`` ("Extraction filters") and ``zipfile``.
"""

import gzip
import io
import lzma
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from emgrig.errors import RequestError

__all__ = ["Limits", "unpack"]

_FOREIGN = re.compile(r"[\x00-\x1f\\:]")
"""What is a folder, a drive or an alternate stream on one system and a letter on another."""

# A header that asks for more in one piece is an attack on memory: files come in small blocks.
_LARGEST_READ = 1 << 20


@dataclass(slots=True)
class Limits:
    """How much an archive may hold; counts what it has held so far.

    Attributes:
        n_members: Files and folders.
        n_bytes: Of all files together, unpacked.
    """

    n_members: int = 20_000
    n_bytes: int = 4 << 30
    _names: set[str] = field(default_factory=set)

    def admit(self, name: str, size: int) -> None:
        """Count one member.

        Raises:
            RequestError: It is one too many, too large, or would not stay in the folder.
        """
        path = PurePosixPath(name)
        if _FOREIGN.search(name) or path.is_absolute() or ".." in path.parts:
            raise RequestError(
                f"expected names inside the folder, got {name!r:.120} in the archive; "
                "do not use this archive"
            )
        self.n_members -= 1
        self.n_bytes -= size
        if self.n_members < 0 or self.n_bytes < 0 or size < 0:
            raise RequestError(f"expected an archive of a VHI's size, got more, at {name!r:.120}")

    def admit_file(self, name: str) -> None:
        """Refuse the second file of a name, also where the system cannot tell them apart.

        Raises:
            RequestError: There is one.
        """
        key = str(PurePosixPath(name)).casefold()
        if key in self._names:
            raise RequestError(f"expected every file once, got {name!r:.120} twice in the archive")
        self._names.add(key)


def unpack(archive: Path, folder: Path, limits: Limits | None = None) -> None:
    """Unpack a ``.zip`` or ``.tar.gz`` into an empty folder.

    Raises:
        RequestError: It is damaged, cut short, too large, or holds what is no file or folder.
    """
    limits = limits or Limits()
    try:
        if zipfile.is_zipfile(archive):
            _unpack_zip(archive, folder, limits)
        else:
            _unpack_tar(archive, folder, limits)
    except (
        *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
        *(NotImplementedError, ValueError, lzma.LZMAError),
    ) as error:
        raise RequestError(
            f"expected a whole .tar.gz or .zip, got: {error}, in {archive.name}; fetch it again"
        ) from error


def _unpack_tar(archive: Path, folder: Path, limits: Limits) -> None:
    with gzip.open(archive) as stream:
        source = _BoundedReader(stream, 2 * limits.n_bytes + _LARGEST_READ)
        with tarfile.open(fileobj=source, mode="r:", errorlevel=2) as tar:
            for member in tar:
                limits.admit(member.name, member.size)
                if not (member.isreg() or member.isdir()) or member.issparse():
                    raise _no_file(member.name)
                if member.isreg():
                    limits.admit_file(member.name)
                tar.extract(member, folder, filter="data")
        # What is left carries the checksum that says whether all of it came.
        while source.read(1 << 16):
            pass


def _unpack_zip(archive: Path, folder: Path, limits: Limits) -> None:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            limits.admit(info.filename, info.file_size)
            mode = info.external_attr >> 16
            is_encrypted = bool(info.flag_bits & 1)
            if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR} or is_encrypted:
                raise _no_file(info.filename)
            path = folder / info.filename
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            limits.admit_file(info.filename)
            path.parent.mkdir(parents=True, exist_ok=True)
            with file.open(info) as source, path.open("xb") as target:
                shutil.copyfileobj(source, target)
            path.chmod(0o755 if mode & stat.S_IXUSR else 0o644)


def _no_file(name: str) -> RequestError:
    return RequestError(
        f"expected plain files and folders only, got {name!r:.120} (a link, a device, or "
        "encrypted) in the archive; do not use this archive"
    )


class _BoundedReader(io.RawIOBase):
    """A stream that refuses to go on without end, or to come in pieces that fill the memory."""

    def __init__(self, stream: gzip.GzipFile, n_bytes: int) -> None:
        self._stream = stream
        self._n_bytes = n_bytes

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            OSError: The piece or the place is beyond the limits.
        """
        if not 0 <= size <= _LARGEST_READ:
            raise OSError(f"a header of {size} bytes")
        self._check(self._stream.tell() + size)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._check(offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def _check(self, place: int) -> None:
        if place > self._n_bytes:
            raise OSError(f"more than {self._n_bytes} bytes")
