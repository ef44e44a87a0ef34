"""What every process last said of its ledger, and who is there."""

import time
from collections.abc import Mapping
from typing import Any

__all__ = ["Reports"]

HEARD_S = 3.0
"""Health comes once a second: who was heard within this time is there."""


class Reports:
    """The newest ledgers.

    Attributes:
        newest: Process -> (epoch, ledger).
    """

    def __init__(self) -> None:
        self.newest: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._heard_at: dict[str, float] = {}

    def note(self, process: str, epoch: str, ledger: Mapping[str, Any]) -> bool:
        """Take a process's newest ledger; returns whether it was heard before, but long ago."""
        was_silent = process in self._heard_at and process not in self.here()
        self.newest[process] = (epoch, ledger)
        self._heard_at[process] = time.monotonic()
        return was_silent

    def here(self) -> set[str]:
        """Return the processes that are there."""
        since = time.monotonic() - HEARD_S
        return {process for process, t in self._heard_at.items() if t > since}
