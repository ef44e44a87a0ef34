"""The folder of sessions: listing and renaming."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emgrig.errors import RequestError
from emgrig.recording.journal_writer import RECORDING_SUFFIX, journal_segments
from emgrig.recording.names import SESSION_SUFFIX, session_path, slug, stamp_of
from emgrig.recording.session_reader import SessionReader, open_session
from emgrig.recording.verify import (
    count_gaps,
    delivered_rates_hz,
    gaps_of_streams,
    unbalanced_books,
)

__all__ = [
    "SessionSummary",
    "StreamSummary",
    "list_recordings",
    "move_all",
    "read_notes",
    "rename_session",
    "summarise_session",
    "write_notes",
]

NOTES_SUFFIX = ".notes.txt"
MAX_NOTES = 4000


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """What a session holds of one stream.

    Attributes:
        n_samples: Samples.
        n_gaps: Places where time jumps.
        rate_hz: Samples a second as they came, or as declared where nobody measured.
    """

    n_samples: int
    n_gaps: int
    rate_hz: float


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of a list of sessions.

    Attributes:
        path: The archive.
        name: What a person called it, or empty.
        created: End of the recording as meta.json has it, or empty.
        n_bytes: Size of the archive.
        duration_s: From the first to the last sample of the longest stream, gaps included.
        streams: By name.
        classes: Class names.
        labels: Class name -> how often it begins.
        is_balanced: Whether its books add up.
        n_gaps: Gaps of all that was recorded of devices and hands.
        problem: Why it cannot be opened, or empty.
    """

    path: Path
    name: str = ""
    created: str = ""
    n_bytes: int = 0
    duration_s: float = 0.0
    streams: Mapping[str, StreamSummary] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    labels: tuple[tuple[str, int], ...] = ()
    is_balanced: bool = False
    n_gaps: int = 0
    problem: str = ""


def list_recordings(folder: Path) -> list[Path]:
    """Return the recordings of a folder that were not exported, oldest first."""
    found = sorted(folder.glob(f"*{RECORDING_SUFFIX}"))
    return [path for path in found if path.is_dir() and journal_segments(path)]


def rename_session(path: Path, name: str) -> Path:
    """Give a session another name, in its file name; its content and hash stay the same.

    Raises:
        RequestError: There is no such session, nothing is left of the name, it is taken, or the
            disk refuses it.
    """
    target = session_path(path.parent, stamp_of(path), name)
    if not slug(name):
        raise RequestError(f"expected a name with ASCII letters or digits, got {name!r}")
    if target == path:
        return path
    return move_all(path, target)


def read_notes(path: Path) -> str:
    """Return what somebody wrote about a session; empty where nothing can be read."""
    try:
        text = notes_path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
    return text[:MAX_NOTES]


def write_notes(path: Path, notes: str) -> None:
    """Keep notes beside a session; empty ones are removed.

    Raises:
        RequestError: They are too long, or cannot be written.
    """
    if len(notes) > MAX_NOTES:
        raise RequestError(f"expected notes of at most {MAX_NOTES} characters, got {len(notes)}")
    target = notes_path(path)
    fresh = target.with_name(f"{target.name}.new")
    try:
        if notes:
            fresh.write_text(notes, "utf-8")
            fresh.replace(target)
        else:
            target.unlink(missing_ok=True)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _refused("write", target, error) from error


def notes_path(path: Path) -> Path:
    """Return where a session's notes are."""
    return path.with_name(path.name.removesuffix(SESSION_SUFFIX) + NOTES_SUFFIX)


def move_all(path: Path, target: Path) -> Path:
    """Move a session and its notes, or neither.

    Returns:
        Where it is now.

    Raises:
        RequestError: There is no such session, its new place is taken, or the disk refuses it.
    """
    _check_move(path, target)
    notes = notes_path(path)
    has_notes = notes.exists()
    try:
        target.parent.mkdir(exist_ok=True)
        if has_notes:
            notes.replace(notes_path(target))
        return path.rename(target)
    except OSError as error:
        if has_notes and not notes.exists():
            notes_path(target).replace(notes)
        raise _refused(f"move {path.name} to", target, error) from error


def _refused(action: str, path: Path, error: OSError) -> RequestError:
    return RequestError(
        f"expected to {action} {path}, got: {error.strerror}; let this user write there, make "
        "room, and keep sessions and their trash on one disk"
    )


def _label_counts(session: SessionReader) -> tuple[tuple[str, int], ...]:
    names = session.class_names
    known = [names[k.class_index] for k in session.labels if 0 <= k.class_index < len(names)]
    return tuple(Counter(known).items())


def _check_move(path: Path, target: Path) -> None:
    if not path.exists():
        raise RequestError(f"expected a session, got nothing at {path}; list the sessions")
    if target.exists():
        raise RequestError(f"expected a free name, got {target.name} that exists; choose another")


def summarise_session(path: Path) -> SessionSummary:
    """Return one session's line.

    Raises:
        SessionError: It cannot be opened, or is damaged where its line comes from.
    """
    with open_session(path) as session:
        return SessionSummary(
            path=path,
            name=session.name,
            created=str(session.meta.get("created", "")),
            n_bytes=path.stat().st_size,
            duration_s=max((_span_s(session, name) for name in session.streams), default=0.0),
            streams=_streams(session),
            classes=session.class_names,
            labels=_label_counts(session),
            is_balanced=not unbalanced_books(session),
            n_gaps=count_gaps(session),
        )


def _streams(session: SessionReader) -> dict[str, StreamSummary]:
    n_gaps, rates_hz = gaps_of_streams(session), delivered_rates_hz(session)
    return {
        name: StreamSummary(info.n_samples, n_gaps[name], rates_hz.get(name, info.fs))
        for name, info in session.streams.items()
    }


def _span_s(session: SessionReader, name: str) -> float:
    n = session.info(name).n_samples
    if not n:
        return 0.0
    return float(session.times(name, n - 1, n)[0] - session.times(name, 0, 1)[0])
