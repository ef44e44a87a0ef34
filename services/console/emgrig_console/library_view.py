"""The sessions in words: decides, shows nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emgrig_console.summary import clock_words

__all__ = ["SessionRow", "class_names", "quality_words", "session_rows"]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of the list.

    Attributes:
        session: Its id.
        title: What a person called it, or its id.
        length: As a clock.
        facts: Streams, classes and label counts in words.
        problem: Why it cannot be opened; empty when it can.
    """

    session: str
    title: str
    length: str
    facts: str
    problem: str


def session_rows(sessions: Sequence[Any], search: str) -> list[SessionRow]:
    """Return the lines for ``SessionInfo`` messages that contain the search text."""
    rows = [_row(info) for info in sessions]
    wanted = search.strip().lower()
    return [row for row in rows if wanted in f"{row.session} {row.title} {row.facts}".lower()]


def class_names(sessions: Iterable[Any]) -> list[str]:
    """Return every class that the sessions have, in order of appearance."""
    return list(dict.fromkeys(name for info in sessions for name in info.class_names))


def quality_words(findings: Sequence[Any] | None) -> tuple[str, str]:
    """Return a mark with words, and their tone, for a quality report; None while it is made."""
    if findings is None:
        return "quality: being looked at", "stale"
    bad = [finding.name for finding in findings if not finding.ok]
    if not bad:
        return "o quality good", "ok"
    return f"! look at {', '.join(bad)}", "warn"


def _row(info: Any) -> SessionRow:
    is_broken = not info.streams
    counts = ", ".join(f"{name} x{n}" for name, n in sorted(info.label_counts.items()))
    streams = ", ".join(sorted(info.streams))
    return SessionRow(
        session=info.session,
        title=info.session if is_broken or not info.take_name else info.take_name,
        length=clock_words(info.duration_s),
        facts="" if is_broken else f"{info.created[:16].replace('T', ' ')}  {counts or streams}",
        problem=info.take_name if is_broken else "",
    )
