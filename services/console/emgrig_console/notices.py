"""What went wrong, where it belongs: the newest of each panel, until somebody dismisses it."""

import itertools
import threading
from dataclasses import dataclass

__all__ = ["Notice", "Notices"]

MOST_PER_PANEL = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that went wrong.

    Attributes:
        number: Its id.
        panel: Where it is shown.
        text: What happened, what the rig did, what to do.
        count: How often it happened.
    """

    number: int
    panel: str
    text: str
    count: int = 1


class Notices:
    """All notices of this console; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._notices: list[Notice] = []

    def add(self, panel: str, text: str) -> None:
        """Note something; the same words again count, and the oldest of too many go."""
        with self._lock:
            same = next((n for n in self._notices if (n.panel, n.text) == (panel, text)), None)
            count = 1 if same is None else same.count + 1
            if same is not None:
                self._notices.remove(same)
            self._notices.append(Notice(next(self._numbers), panel, text, count))
            mine = [notice for notice in self._notices if notice.panel == panel]
            for notice in mine[:-MOST_PER_PANEL]:
                self._notices.remove(notice)

    def of(self, panel: str) -> list[Notice]:
        """Return a panel's notices, oldest first."""
        with self._lock:
            return [notice for notice in self._notices if notice.panel == panel]

    def dismiss(self, number: int) -> None:
        """Take one away; unknown numbers are nothing."""
        with self._lock:
            self._notices = [notice for notice in self._notices if notice.number != number]
