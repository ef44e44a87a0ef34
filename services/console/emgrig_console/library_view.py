"""The sessions in words: decides, shows nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emgrig_console.polling import Polled
from emgrig_console.summary import Tone, age_words, clock_words

__all__ = [
    "SessionRow",
    "chosen_sessions",
    "class_names",
    "list_words",
    "quality_words",
    "session_rows",
    "stream_words",
    "trash_words",
]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of the list.

    Attributes:
        session: Its id.
        title: What a person called it, or its id.
        length: As a clock.
        facts: When, classes with label counts, and how many streams.
        problem: Why it cannot be opened; empty when it can.
    """

    session: str
    title: str
    length: str
    facts: str
    problem: str


def session_rows(sessions: Sequence[Any], search: str) -> list[SessionRow]:
    """Return the lines for ``SessionInfo`` messages that contain the search text."""
    wanted = search.strip().lower()
    rows = [(_row(info), " ".join(info.streams)) for info in sessions]
    return [
        row
        for row, streams in rows
        if wanted in f"{row.session} {row.title} {row.facts} {streams}".lower()
    ]


def list_words(polled: Polled, who: str, none: str) -> str:
    """Say why a list is empty or old; nothing where it is neither.

    Args:
        polled: The answer with the list, in its first field.
        who: Process that has it.
        none: What to do where there is nothing in it.
    """
    if polled.value is None:
        gone = f"The {who} does not answer: look at Processes, start or restart it."
        return gone if polled.error else f"Asking the {who}."
    if not polled.is_live:
        return f"▲ The {who} does not answer: this list is {age_words(polled.age_s)} old."
    items = getattr(polled.value, polled.value.DESCRIPTOR.fields[0].name)
    return "" if items else none


def chosen_sessions(sessions: Polled, taken: Iterable[str]) -> list[Any]:
    """Return the ``SessionInfo`` of what is trained on.

    Args:
        sessions: ``ListSessionsReply``.
        taken: Ids of those that a person left in.
    """
    known = [] if sessions.value is None else list(sessions.value.sessions)
    wanted = set(taken)
    return [info for info in known if info.streams and info.session in wanted]


def class_names(sessions: Iterable[Any]) -> list[str]:
    """Return every class that the sessions have, in order of appearance."""
    return list(dict.fromkeys(name for info in sessions for name in info.class_names))


def quality_words(findings: Sequence[Any] | None) -> tuple[str, Tone]:
    """Return a mark with words, and their tone, for a quality report; None while it is made."""
    if findings is None:
        return "… quality", "stale"
    bad = [finding.name for finding in findings if not finding.ok]
    if not bad:
        return "● good", "ok"
    return f"▲ look at {', '.join(bad)}", "warn"


def trash_words(deleted: Sequence[str]) -> str:
    """Say what an undo brings back, the newest last; empty for nothing."""
    if not deleted:
        return ""
    before = len(deleted) - 1
    return f"{deleted[-1]} is in the trash" + (f", {before} more before it." if before else ".")


def stream_words(info: Any) -> list[str]:
    """Return what a session holds, a stream a line."""
    return [f"{name}: {count.samples} samples" for name, count in sorted(info.streams.items())]


def _row(info: Any) -> SessionRow:
    is_broken = not info.streams
    counts = ", ".join(f"{name} x{n}" for name, n in sorted(info.label_counts.items()))
    n = len(info.streams)
    created = info.created[:16].replace("T", " ")
    facts = (created, counts or "no labels", f"{n} stream{'' if n == 1 else 's'}")
    return SessionRow(
        session=info.session,
        title=info.session if is_broken or not info.take_name else info.take_name,
        length=clock_words(info.duration_s),
        facts="" if is_broken else ", ".join(facts),
        problem=info.take_name if is_broken else "",
    )
