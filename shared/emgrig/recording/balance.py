"""The balance of a recording, from its journal alone: what was made, and what became of it.

Samples: acquired = recorded + redundant + lost. Windows: made = predicted + skipped(reason).
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.messages import Kind, Message
from emgrig.recording.merging import count_rows
from emgrig.recording.places import TopicIndex
from emgrig.recording.session_meta import dict_or_empty

__all__ = ["WindowBooks", "sample_book"]

PREDICTIONS = frozenset({"prediction/hand", "prediction/gesture"})

STAGES = (("feature-extractor", "window/emg"), ("predictor", "features/emg"))
"""Who may leave out a window on its way to a prediction, and under which topic it says so."""

# Sent before the stage was there: not its doing, and no reason.
_NO_REASON = frozenset({"before_join"})
UNREPORTED = "not_reported"
"""A stage was not there, or died before it could say; the session's epochs tell when."""

UNRECORDED = "not_recorded"
"""Predictions that were made, by their numbers, and are in no journal record."""

REPORT_S = 15.0
"""Of this time stages that were always there may say nothing: their health is a second old where a
take begins and ends, and the newest books are 10 s older than the end of one that was cut off."""


def sample_book(index: TopicIndex, n_recorded: int) -> dict[str, int]:
    """Return the balance of a stream in samples, or in messages for vectors.

    Args:
        index: Its messages.
        n_recorded: Rows in the session.

    Returns:
        ``acquired`` as the sources number them, ``redundant`` (another acquirer's row was taken)
        and ``lost`` (in no journal record).
    """
    n_acquired, n_stored = count_rows(index.table())
    return {
        "acquired": n_acquired,
        "redundant": n_stored - n_recorded,
        "lost": n_acquired - n_stored,
    }


# A process, and LSL clock from when to when, seconds.
type _Away = tuple[str, float, float]


@dataclass(slots=True)
class _Span:
    first: int
    stop: int
    t_first: float
    t_last: float


@dataclass(slots=True)
class WindowBooks:
    """Follows the windows of an EMG stream; `note` every message of the journal.

    A chunk says which windows its samples completed, so windows are counted without being
    recorded; a prediction bears the times of its window.
    """

    _spans: dict[tuple[str, str], _Span] = field(default_factory=dict)
    # By source: time of a chunk, and how many windows it completed, in turn.
    _made: "dict[str, array[float]]" = field(default_factory=dict)
    _predicted: "array[float]" = field(default_factory=lambda: array("d"))

    def note(self, message: Message) -> None:
        """Take one message into account."""
        if message.topic in PREDICTIONS:
            self._predicted.append(message.t_last)
        elif message.kind == Kind.CHUNK:
            numbers = _window_numbers(message)
            if numbers is not None:
                self._add(message, *numbers)

    def as_dict(self, ledger: Mapping[str, Any], books: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``made``, ``predicted`` and ``skipped`` by reason; empty without windows.

        They do not add up where windows are gone that somebody must have had: all stages were
        there from begin to end, and said nothing of them.

        Args:
            ledger: Process -> what its ledger gained during the take; ``journal`` -> what is
                stored, by topic.
            books: ``steady``, the processes that were there from begin to end without a restart;
                ``outages``, of which ``away`` says when the others were not.
        """
        if not self._spans:
            return {}
        made = sum(span.stop - span.first for span in self._spans.values())
        predicted = min(made, self._n_predicted())
        skipped: Counter[str] = Counter()
        left = made - predicted
        # The stages report once a second, so a report may cover a little more than the take.
        for reason, n in [*_reported(ledger).most_common(), *self._lost_to(_away(books))]:
            skipped[reason] += (n_explained := min(n, left))
            left -= n_explained
        is_steady = self._is_steady(books.get("steady"))
        skipped[UNREPORTED] = min(left, self._n_unsaid) if is_steady else left
        return {"made": made, "predicted": predicted, "skipped": dict(+skipped)}

    def _is_steady(self, steady: object) -> bool:
        """Tell whether every stage had every window; an acquirer that dies takes some with it.

        One that stood still sends what waited all at once, perhaps just before the end.
        """
        sources = {source for source, _ in self._spans}
        everybody = sources | {process for process, _ in STAGES}
        is_there = isinstance(steady, list) and everybody <= set(map(str, steady))
        return is_there and len(sources) == len(self._spans)

    @property
    def _n_unsaid(self) -> int:
        """How many windows steady stages may say nothing of; times that repeat hide some."""
        n = len(self._predicted) - len(set(self._predicted))
        for span in self._spans.values():
            seconds = max(span.t_last - span.t_first, 1e-3)
            n += math.ceil(REPORT_S / seconds * (span.stop - span.first))
        return n

    def _add(self, message: Message, first: int, stop: int) -> None:
        self._made.setdefault(message.source, array("d")).extend((message.t_last, stop - first))
        span = self._spans.setdefault(
            (message.source, message.epoch), _Span(first, stop, message.t_first, message.t_last)
        )
        span.first, span.stop = min(span.first, first), max(span.stop, stop)
        span.t_first = min(span.t_first, message.t_first)
        span.t_last = max(span.t_last, message.t_last)

    def _lost_to(self, away: Iterable[_Away]) -> Iterator[tuple[str, int]]:
        """Yield why windows without a prediction have none: who was away when, each time once."""
        times: NDArray[np.float64] = np.unique(np.frombuffer(self._predicted, np.float64))
        involved = {source for source, _ in self._spans} | {process for process, _ in STAGES}
        told_until = -math.inf
        for process, since, until in sorted(away, key=lambda one: one[1]):
            since = max(since, told_until)
            if process in involved and since < until:
                told_until = until
                first, stop = np.searchsorted(times, (since, until), side="right")
                yield f"{process}_away", max(0, self._n_made(since, until) - int(stop - first))

    def _n_made(self, since: float, until: float) -> int:
        """Return how many windows were completed in a time; of two acquirers' the more."""
        tables = [np.frombuffer(made, np.float64).reshape(-1, 2) for made in self._made.values()]
        inside = [(t[:, 0] > since) & (t[:, 0] <= until) for t in tables]
        return int(max(t[i, 1].sum() for t, i in zip(tables, inside, strict=True)))

    def _n_predicted(self) -> int:
        """Return how many windows of recorded samples have a prediction."""
        times: NDArray[np.float64] = np.unique(np.frombuffer(self._predicted, np.float64))
        is_inside = np.zeros(len(times), np.bool_)
        for span in self._spans.values():
            is_inside |= (times >= span.t_first) & (times <= span.t_last)
        return int(is_inside.sum())


def _window_numbers(message: Message) -> tuple[int, int] | None:
    numbers = message.fields.get("windows")
    if not isinstance(numbers, list) or [type(number) for number in numbers] != [int, int]:
        return None
    first, n = numbers
    return (first, first + n) if 0 <= first < 1 << 53 and 0 <= n < 1 << 32 else None


def _away(books: Mapping[str, Any]) -> list[_Away]:
    found = dict_or_empty(books.get("outages")).get("away")
    return [
        (str(one[0]), float(one[1]), float(one[2]))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, list) and [type(part) for part in one] == [str, float, float]
    ]


def _reported(ledger: Mapping[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for process, topic in STAGES:
        entry = dict_or_empty(dict_or_empty(ledger.get(process)).get(topic))
        for kind in ("skipped", "refused"):
            for reason, n in dict_or_empty(entry.get(kind)).items():
                if reason not in _NO_REASON and type(n) is int and n > 0:
                    found[reason] += n
    stored = dict_or_empty(ledger.get("journal"))
    for topic in PREDICTIONS & stored.keys():
        found[UNRECORDED] += stored[topic]["skipped"].get("lost", 0)
    return +found
