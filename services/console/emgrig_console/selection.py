"""What the next training takes: one choice for the whole console."""

import threading
from collections.abc import Iterable

__all__ = ["Selection"]


class Selection:
    """Sessions taken out and classes taken out; everything else is in. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left_out_sessions: frozenset[str] = frozenset()
        self._left_out_classes: frozenset[str] = frozenset()

    def sessions(self, existing: Iterable[str]) -> list[str]:
        """Return those of the existing sessions that are taken."""
        with self._lock:
            return [name for name in existing if name not in self._left_out_sessions]

    def classes(self, existing: Iterable[str]) -> list[str]:
        """Return those of the existing classes that are taken."""
        with self._lock:
            return [name for name in existing if name not in self._left_out_classes]

    def set_session(self, name: str, *, is_taken: bool) -> None:
        """Take a session or leave it out."""
        with self._lock:
            one = frozenset({name})
            left = self._left_out_sessions
            self._left_out_sessions = left - one if is_taken else left | one

    def rename_session(self, old: str, new: str) -> None:
        """Keep the choice for a session that is now called otherwise."""
        with self._lock:
            if old in self._left_out_sessions:
                self._left_out_sessions = self._left_out_sessions - {old} | {new}

    def set_class(self, name: str, *, is_taken: bool) -> None:
        """Take a class or leave it out."""
        with self._lock:
            one = frozenset({name})
            left = self._left_out_classes
            self._left_out_classes = left - one if is_taken else left | one
