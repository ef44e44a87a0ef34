"""What every process last said of its ledger, who is there, and who should have said a word."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from emgrig_recorder.books import TakeBooks

__all__ = ["Reports"]

HEARD_S = 3.0
"""Health comes once a second: who was heard within this time is there."""

LATE_S = 1.5
GONE_S = 6.0
"""Who was silent for longer than `LATE_S` is away, or is back and about to say its first word, for
which nobody waits after `GONE_S`."""


class Reports:
    """The newest ledgers, and the books of a take that are kept from them.

    Attributes:
        newest: Process -> (epoch, ledger).
        books: Those of the running take.
    """

    def __init__(self) -> None:
        self.newest: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self.books = TakeBooks({})
        self._heard_at: dict[str, float] = {}
        self._expected_at: dict[str, float] = {}

    def begin(self) -> None:
        """Keep the books of a new take."""
        self.books = TakeBooks(self.newest)

    def resume(self, books: TakeBooks, processes: Iterable[str]) -> None:
        """Keep the books of a take that was cut off; a word of these processes is expected."""
        self.books = books
        self._expected_at = dict.fromkeys(processes, time.monotonic())

    def note(self, process: str, epoch: str, ledger: Mapping[str, Any], *, t: float | None) -> None:
        """Take a process's newest ledger.

        Args:
            process: Whose.
            epoch: Of which incarnation.
            ledger: All that it counted.
            t: LSL clock of the take's newest row, seconds; None without a take.
        """
        was_silent = process in self._heard_at and process not in self.here()
        self.newest[process] = (epoch, ledger)
        self._heard_at[process] = time.monotonic()
        self._expected_at.pop(process, None)
        if t is not None:
            self.books.note(process, epoch, ledger, t=t, was_silent=was_silent)

    def here(self) -> set[str]:
        """Return the processes that are there."""
        return self._heard_at.keys() - self._silent(HEARD_S, self._heard_at)

    def owing(self) -> set[str]:
        """Return the processes that are late with a word and may say it yet."""
        late = self._silent(LATE_S, self._heard_at) - self._silent(GONE_S, self._heard_at)
        return late | self._expected_at.keys() - self._silent(GONE_S, self._expected_at)

    def end(self, t: float) -> None:
        """Note in the books of a take that ends now who is away; `t` as of `note`."""
        silent = self._silent(LATE_S, self._heard_at) | self._expected_at.keys()
        self.books.end(silent, t=t)

    def _silent(self, for_s: float, at: Mapping[str, float]) -> set[str]:
        since = time.monotonic() - for_s
        return {process for process, t in at.items() if t <= since}
