"""What every process's ledger gained during a take, over its restarts and our own."""

from collections.abc import Iterable, Mapping
from typing import Any

from emgrig_recorder.outages import Outages

__all__ = ["TakeBooks", "ledger_of"]


class TakeBooks:
    """Adds up the ledgers of incarnations: a restarted process begins again at nothing.

    What a process counted in its last second before it was killed is known to nobody; the windows
    and samples themselves are balanced from the journal.

    Args:
        newest: Process -> (epoch, ledger) when the take began.
    """

    def __init__(self, newest: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        self._before = dict(newest)
        self._newest = dict(newest)
        self._ended: dict[str, dict[str, Any]] = {}
        self._paused: set[str] = set()
        self._outages = Outages()

    def note(
        self,
        process: str,
        epoch: str,
        ledger: Mapping[str, Any],
        *,
        t: float = 0.0,
        was_silent: bool = False,
    ) -> None:
        """Take a process's newest ledger into account.

        Args:
            process: Whose.
            epoch: Of which incarnation.
            ledger: All that it counted.
            t: LSL clock of the newest recorded row, seconds.
            was_silent: It, or we, stood still before: it may not have counted yet what waited.
        """
        if was_silent:
            self._paused.add(process)
        known = self._newest.get(process)
        is_restarted = known is not None and known[0] != epoch
        self._outages.note(process, t, is_restarted=is_restarted)
        if is_restarted:
            self._ended[process] = self._gained_by(process)
            self._before.pop(process, None)
        self._newest[process] = (epoch, ledger)

    def end(self, silent: Iterable[str], *, t: float) -> None:
        """Note who is away while the take ends, or has said no second word since it is back.

        Args:
            silent: Processes that say nothing now.
            t: LSL clock of the newest recorded row, seconds.
        """
        self._outages.end(self._newest.keys() & set(silent), t)

    def gained(self) -> dict[str, Any]:
        """Return process -> what its ledger gained during the take."""
        return {process: self._gained_by(process) for process in self._newest}

    def unbroken(self) -> set[str]:
        """Return the processes that were there when the take began and never ended or paused."""
        return {
            process
            for process, (epoch, _) in self._newest.items()
            if self._before.get(process, ("",))[0] == epoch and process not in self._ended
        } - self._paused

    def as_document(self) -> dict[str, Any]:
        """Return all of it in plain form, to go on with after we were killed."""
        return {
            "before": {name: list(pair) for name, pair in self._before.items()},
            "newest": {name: list(pair) for name, pair in self._newest.items()},
            "ended": self._ended,
            "paused": sorted(self._paused),
            "outages": self._outages.as_document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "TakeBooks":
        """Return what `as_document` gave; what is not of that form counts as nothing."""
        books = cls(_pairs(document.get("newest")))
        books._before = _pairs(document.get("before"))
        books._outages = Outages.from_document(document.get("outages"))
        ended, paused = document.get("ended"), document.get("paused")
        if isinstance(ended, dict):
            books._ended = {name: ledger_of({"ledger": ledger}) for name, ledger in ended.items()}
        if isinstance(paused, list):
            books._paused = set(map(str, paused))
        return books

    def _gained_by(self, process: str) -> dict[str, Any]:
        before = self._before.get(process, ("", {}))[1]
        gained = {
            topic: _combined(entry, before.get(topic, {}), -1)
            for topic, entry in self._newest[process][1].items()
        }
        ended = self._ended.get(process, {})
        return {
            topic: _combined(gained.get(topic, {}), ended.get(topic, {}), 1)
            for topic in gained.keys() | ended.keys()
        }


def ledger_of(health: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ledger in a health document: what is not a ledger's is left out."""
    ledger = health.get("ledger")
    entries = ledger.items() if isinstance(ledger, dict) else ()
    return {topic: _entry(counts) for topic, counts in entries if isinstance(counts, dict)}


def _entry(counts: Mapping[str, Any]) -> dict[str, Any]:
    reasons = {key: counts.get(key) for key in ("skipped", "refused")}
    return {
        **{key: _count(counts.get(key)) for key in ("received", "used")},
        **{
            key: {reason: _count(n) for reason, n in value.items()}
            for key, value in reasons.items()
            if isinstance(value, dict)
        },
    }


def _count(value: object) -> int:
    return value if type(value) is int else 0


def _pairs(value: object) -> dict[str, tuple[str, Mapping[str, Any]]]:
    items = value.items() if isinstance(value, dict) else ()
    return {
        name: (str(pair[0]), ledger_of({"ledger": pair[1]}))
        for name, pair in items
        if isinstance(pair, list) and len(pair) == 2
    }


def _combined(entry: Mapping[str, Any], other: Mapping[str, Any], sign: int) -> dict[str, Any]:
    """Return entry + sign * other, count by count."""
    combined: dict[str, Any] = {}
    for key in {**entry, **other}:
        value, more = entry.get(key), other.get(key)
        if isinstance(value, Mapping) or isinstance(more, Mapping):
            combined[key] = _combined(value or {}, more or {}, sign)
        else:
            combined[key] = (value or 0) + sign * (more or 0)
    return combined
