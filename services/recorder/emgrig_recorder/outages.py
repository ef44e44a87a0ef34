"""When a process was away during a take, by the time stamps of what was recorded then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import FiniteFloat, NonNegativeInt, TypeAdapter, ValidationError

__all__ = ["Outages"]

MAX_AWAY = 1000
"""A process that begins anew with every word does not fill the books."""


@dataclass(slots=True)
class Outages:
    """Follows who was started again.

    Attributes:
        away: Process, and LSL clock, seconds, from its last word to the second one of its next
            incarnation: the first one comes before it works.
        reported_t: Process -> LSL clock of the newest recorded row at its newest word.
        starting: Process that said one word since it is back -> its place in `away`.
    """

    away: list[tuple[str, FiniteFloat, FiniteFloat]] = field(default_factory=list)
    reported_t: dict[str, FiniteFloat] = field(default_factory=dict)
    starting: dict[str, NonNegativeInt] = field(default_factory=dict)

    def note(self, process: str, t: float, *, is_restarted: bool) -> None:
        """Take a word of a process into account.

        Args:
            process: Whose.
            t: LSL clock of the newest recorded row, seconds.
            is_restarted: It is the first one of another incarnation.
        """
        place = self.starting.pop(process, len(self.away))
        if place < len(self.away):
            self.away[place] = (process, self.away[place][1], t)
        if is_restarted and len(self.away) < MAX_AWAY:
            self.starting[process] = len(self.away)
            self.away.append((process, self.reported_t.get(process, 0.0), t))
        self.reported_t[process] = t

    def end(self, silent: Iterable[str], t: float) -> None:
        """Count who is silent, or said one word since it is back, as away until now.

        Args:
            silent: Processes of which words are missing.
            t: LSL clock of the newest recorded row, seconds.
        """
        for process in list(self.starting):
            self.note(process, t, is_restarted=False)
        for process in silent:
            self.note(process, t, is_restarted=True)

    def as_document(self) -> dict[str, Any]:
        """Return all of it in plain form, to go on with after we were killed."""
        document: dict[str, Any] = _OUTAGES.dump_python(self, mode="json")
        return document

    @classmethod
    def from_document(cls, document: object) -> "Outages":
        """Return what `as_document` gave; what is not of that form counts as nothing."""
        try:
            return _OUTAGES.validate_python(document)
        except ValidationError:
            return cls()


_OUTAGES = TypeAdapter(Outages)
