"""The log in words: decides, shows nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from emgrig_console.sightings import LogLine

__all__ = ["LEVELS", "Excerpt", "excerpt", "line_text", "matches", "missed_words"]

LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3}
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines that are shown.

    Attributes:
        text: One a line, newest last.
        words: How many they are, and of how many.
    """

    text: str
    words: str


def excerpt(lines: Iterable[LogLine], process: str, level: str, search: str) -> Excerpt:
    """Return the newest lines that pass the filters of `matches`."""
    found = [line for line in lines if matches(line, process, level, search)]
    shown = found[-MOST_SHOWN:]
    if not shown:
        return Excerpt("", "Nothing was said that passes these filters.")
    of = f"the newest {len(shown)} of {len(found)}" if len(found) > len(shown) else f"{len(shown)}"
    lines_words = "line" if len(found) == 1 else "lines"
    return Excerpt("\n".join(line_text(one) for one in shown), f"{of} {lines_words}, times in UTC")


def matches(line: LogLine, process: str, level: str, search: str) -> bool:
    """Whether a line passes the filters.

    Args:
        line: Of the log.
        process: Only of this one; empty for all.
        level: At least.
        search: Text that it contains, in any case.
    """
    is_loud = LEVELS.get(line.level, LEVELS["error"]) >= LEVELS[level]
    text = f"{line.process} {line.event} {line.text}".lower()
    return is_loud and process in ("", line.process) and search.lower() in text


def missed_words(lines: Iterable[LogLine], n_seen: int) -> str:
    """Say how many warnings and errors came that nobody saw; empty for none.

    Args:
        lines: Of the log.
        n_seen: How many lines had been said when somebody looked last.
    """
    ranks = [LEVELS.get(line.level, LEVELS["error"]) for line in lines if line.n >= n_seen]
    counts = {name: ranks.count(LEVELS[name]) for name in ("error", "warning")}
    words = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n]
    return ", ".join(words)


def line_text(line: LogLine) -> str:
    """Return a line as it is shown: time (UTC), level in words, process, event, the rest."""
    head = f"{line.timestamp[11:19]} {line.level:<7} {line.process}: {line.event}"
    return f"{head} {line.text}".rstrip()
