"""Where every message of a topic is, and by whose numbers and times it is ordered."""

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp import gap_threshold_s
from emgrig.messages import MAX_TIME_S, Message
from emgrig.recording.journal import Entry

__all__ = ["TICK_S", "VECTOR_RATE_HZ", "Place", "TopicIndex", "longest_steps_s", "source_time"]

TICK_S = 1e-7
"""Unit of the times in an index: finer than any sample period, and 64 bits hold every time."""

# Nominal rate of the hand's pose stream (contracts/vhi.md); predictions are about as fast.
VECTOR_RATE_HZ = 32.0


class Place(NamedTuple):
    """Where a message is.

    Attributes:
        epoch: Index into the epochs of its stream or topic, by first appearance.
        first: Its sample index (chunks) or sequence number (all else).
        n: How many samples or messages it stands for.
        segment: Index into the journal's segments.
        offset: Byte in that segment.
        t_first: Time of its first row by the source's own clock, in `TICK_S`; two acquirers of one
            stream agree on it, while their estimates of our clock differ.
        t_last: The same of its last row.
    """

    epoch: int
    first: int
    n: int
    segment: int
    offset: int
    t_first: int
    t_last: int


@dataclass(slots=True)
class TopicIndex:
    """Every message of one topic: 56 bytes each, so hours fit in memory.

    Attributes:
        epochs: (source, epoch id) by first appearance. A restarted machine restarts the LSL
            clock, so time cannot order them.
    """

    epochs: dict[tuple[str, str], int] = field(default_factory=dict)
    _places: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, message: Message, first: int, n: int, entry: Entry) -> None:
        """Note a message."""
        key = (message.source, message.epoch)
        epoch = self.epochs.setdefault(key, len(self.epochs))
        times = _source_times(message)
        self._places.extend((epoch, first, n, entry.segment, entry.offset, *times))

    @property
    def n_total(self) -> int:
        """How many samples or messages came, those that came twice counted twice."""
        return int(self._table()[:, 2].sum())

    def places(self) -> Iterator[Place]:
        """Yield the messages by (epoch, first); of equal ones the longest comes first."""
        for row in self.table():
            yield Place(*row.tolist())

    def table(self) -> NDArray[np.int64]:
        """Return the messages in the order of `places`, one row each, columns as in `Place`."""
        table = self._table()
        ordered: NDArray[np.int64] = table[np.lexsort((-table[:, 2], table[:, 1], table[:, 0]))]
        return ordered

    def counts(self) -> dict[str, Any]:
        """Return the balance of a topic indexed by sequence number, as the ledger spells it.

        What the sources sent between the first and the last message here was either stored
        (used), stored twice, or lost.
        """
        table = self._table()
        # Sorted by epoch and number, each once; where an epoch begins, the one before ends.
        unique = np.unique(table[:, :2], axis=0)
        begins = np.flatnonzero(np.diff(unique[:, 0], prepend=-1))
        ends = np.append(begins[1:], len(unique)) - 1
        stored = len(unique)
        sent = sum((unique[ends, 1] - unique[begins, 1] + 1).tolist())
        skipped = {"duplicate": len(table) - stored, "lost": sent - stored}
        return {
            "received": sent + skipped["duplicate"],
            "used": stored,
            "skipped": {reason: n for reason, n in skipped.items() if n},
            "refused": {},
        }

    def _table(self) -> NDArray[np.int64]:
        return np.frombuffer(self._places, np.int64).reshape(-1, len(Place._fields))


def source_time(message: Message) -> float:
    """Return the time of a message's first row by the clock of its source, seconds."""
    t = message.fields.get("t_source")
    is_time = isinstance(t, float) and math.isfinite(t) and abs(t) < MAX_TIME_S
    return t if is_time else message.t_first  # type: ignore[return-value]


def longest_steps_s(fs: float) -> tuple[float, float]:
    """Return the longest step forward and back between time stamps that is no gap, seconds.

    Args:
        fs: Declared rate, Hz; 0 for irregular streams, which have no gaps forward.
    """
    return gap_threshold_s(fs) if fs > 0 else math.inf, gap_threshold_s(fs or VECTOR_RATE_HZ)


def _source_times(message: Message) -> tuple[int, int]:
    t_first = source_time(message)
    t_last = t_first + message.t_last - message.t_first
    return round(t_first / TICK_S), round(t_last / TICK_S)
