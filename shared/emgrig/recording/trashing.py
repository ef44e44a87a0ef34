"""The trash beside the sessions: it gives back."""

import re
from pathlib import Path

from emgrig.errors import RequestError
from emgrig.recording.library import move_all
from emgrig.recording.names import SESSION_SUFFIX, session_of

__all__ = ["find_trashed", "list_trashed", "restore", "trash"]

TRASH_FOLDER = "trash"


def trash(path: Path) -> Path:
    """Move a session or a recording into the trash beside it; `restore` undoes it.

    Raises:
        RequestError: There is no such session, or the disk refuses it.
    """
    folder = path.parent / TRASH_FOLDER
    target, n = folder / path.name, 1
    while target.exists():
        # The same name was trashed, made again and trashed again.
        target, n = folder / f"{n}~{path.name}", n + 1
    return move_all(path, target)


def restore(trashed: Path) -> Path:
    """Move what `trash` returned back to where it was.

    Raises:
        RequestError: It is not in a trash folder, its place is taken, or the disk refuses it.
    """
    if trashed.parent.name != TRASH_FOLDER:
        raise RequestError(f"expected something in a {TRASH_FOLDER} folder, got {trashed}")
    return move_all(trashed, trashed.parent.parent / _file_name(trashed))


def find_trashed(folder: Path, session: str) -> Path | None:
    """Return the newest archive of that name in the trash of a folder; None where there is none."""
    wanted = session.removesuffix(SESSION_SUFFIX)
    return max(
        (path for path in _archives(folder) if _name(path) == wanted),
        key=lambda path: int(path.name.removesuffix(_file_name(path)).rstrip("~") or 0),
        default=None,
    )


def list_trashed(folder: Path) -> list[str]:
    """Return the names of the sessions in the trash of a folder, the last one moved there last.

    One that was restored or thrown out meanwhile is left out.
    """
    moved_ns: dict[str, int] = {}
    for path in _archives(folder):
        try:
            # A move keeps the time of the content and changes that of the file.
            at_ns = path.stat().st_ctime_ns
        except FileNotFoundError:
            continue
        moved_ns[_name(path)] = max(at_ns, moved_ns.get(_name(path), 0))
    return sorted(moved_ns, key=lambda name: moved_ns[name])


def _archives(folder: Path) -> list[Path]:
    return list((folder / TRASH_FOLDER).glob(f"*{SESSION_SUFFIX}"))


def _name(trashed: Path) -> str:
    return session_of(trashed.with_name(_file_name(trashed)))


def _file_name(trashed: Path) -> str:
    return re.sub(r"^\d+~", "", trashed.name)
