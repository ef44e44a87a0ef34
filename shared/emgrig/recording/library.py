"""The folder of sessions: listing, renaming, and a trash that gives back."""

import re
from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import RequestError, SessionError
from emgrig.recording.journal_writer import RECORDING_SUFFIX, journal_segments
from emgrig.recording.names import SESSION_SUFFIX, session_path, slug, stamp_of
from emgrig.recording.session_reader import open_session

__all__ = [
    "SessionSummary",
    "list_recordings",
    "list_sessions",
    "rename_session",
    "restore",
    "trash",
]

TRASH_FOLDER = "trash"


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of a list of sessions.

    Attributes:
        path: The archive.
        name: What a person called it, or empty.
        created: End of the recording as meta.json has it, or empty.
        n_bytes: Size of the archive.
        seconds: Length of the longest stream by its declared rate.
        streams: Stream name -> samples.
        classes: Class names.
        n_labels: Labels.
        problem: Why it cannot be opened, or empty.
    """

    path: Path
    name: str = ""
    created: str = ""
    n_bytes: int = 0
    seconds: float = 0.0
    streams: tuple[tuple[str, int], ...] = ()
    classes: tuple[str, ...] = ()
    n_labels: int = 0
    problem: str = ""


def list_sessions(folder: Path) -> list[SessionSummary]:
    """Return every session of a folder, newest name first, the broken ones with their problem."""
    found = sorted(folder.glob(f"*{SESSION_SUFFIX}"), key=lambda path: path.name, reverse=True)
    return [_summary(path) for path in found]


def list_recordings(folder: Path) -> list[Path]:
    """Return the recordings of a folder that were not exported, oldest first."""
    found = sorted(folder.glob(f"*{RECORDING_SUFFIX}"))
    return [path for path in found if path.is_dir() and journal_segments(path)]


def rename_session(path: Path, name: str) -> Path:
    """Give a session another name, in its file name; its content and hash stay the same.

    Raises:
        RequestError: There is no such session, nothing is left of the name, or it is taken.
    """
    target = session_path(path.parent, stamp_of(path), name)
    if not slug(name):
        raise RequestError(f"expected a name with ASCII letters or digits, got {name!r}")
    if target == path:
        return path
    return _move(path, target)


def trash(path: Path) -> Path:
    """Move a session or a recording into the trash beside it; `restore` undoes it.

    Raises:
        RequestError: There is no such session.
    """
    folder = path.parent / TRASH_FOLDER
    folder.mkdir(exist_ok=True)
    target, n = folder / path.name, 1
    while target.exists():
        # The same name was trashed, made again and trashed again.
        target, n = folder / f"{n}~{path.name}", n + 1
    return _move(path, target)


def restore(trashed: Path) -> Path:
    """Move what `trash` returned back to where it was.

    Raises:
        RequestError: It is not in a trash folder, or its place is taken.
    """
    if trashed.parent.name != TRASH_FOLDER:
        raise RequestError(f"expected something in a {TRASH_FOLDER} folder, got {trashed}")
    name = re.sub(r"^\d+~", "", trashed.name)
    return _move(trashed, trashed.parent.parent / name)


def _move(path: Path, target: Path) -> Path:
    if not path.exists():
        raise RequestError(f"expected a session, got nothing at {path}; list the sessions")
    if target.exists():
        raise RequestError(f"expected a free name, got {target.name} that exists; choose another")
    return path.rename(target)


def _summary(path: Path) -> SessionSummary:
    try:
        with open_session(path) as session:
            streams = session.streams
            return SessionSummary(
                path=path,
                name=session.name,
                created=str(session.meta.get("created", "")),
                n_bytes=path.stat().st_size,
                seconds=max((info.n_samples / info.fs for info in streams.values()), default=0.0),
                streams=tuple((name, info.n_samples) for name, info in streams.items()),
                classes=session.class_names,
                n_labels=len(session.labels),
            )
    except SessionError as error:
        return SessionSummary(path=path, problem=str(error))
