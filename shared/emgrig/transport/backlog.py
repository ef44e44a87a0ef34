"""What is missing of sequences, and what waits behind it; no sockets."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import msgpack

from emgrig.messages import Message
from emgrig.transport.admission import MAX_STEP

__all__ = ["Backlog", "Key", "Missing"]

GIVE_UP_S = 60.0
"""How long what is missing is asked for: a producer that stands still is waited for so long."""

MAX_ITEMS = 4096
MAX_BYTES = 32 << 20
"""What waits in all; beyond it the sequence that grows goes on without what is missing."""

OBJECTS_PER_BYTE = 8
"""Bytes of memory that one byte of a header may become."""

Key = tuple[str, str]
"""Source and topic."""


@dataclass(slots=True)
class Missing:
    """Numbers of a sequence that did not come.

    Attributes:
        epoch: Of which incarnation of the source.
        first: The first of them.
        last: The last of them; None for whatever there is.
        until: Monotonic seconds when it is given up.
        is_joining: Some of it may have been sent before we listened.
    """

    epoch: str
    first: int
    last: int | None
    until: float
    is_joining: bool = False

    @property
    def count(self) -> int:
        """How many are known to be missing."""
        return 0 if self.last is None else max(0, self.last + 1 - self.first)

    def take(self, answer: Iterable[Message]) -> tuple[list[Message], int]:
        """Return what of an answer was missing, in order, and how many were left out before it."""
        taken: list[Message] = []
        n_left_out = 0
        for message in answer:
            step = message.seq - self.first
            is_in = 0 <= step <= MAX_STEP and (self.last is None or message.seq <= self.last)
            if is_in and message.epoch == self.epoch:
                n_left_out += step
                self.first = message.seq + 1
                taken.append(message)
        return taken, n_left_out


class Backlog:
    """Keeps sequences in order: who has something missing waits until it is there or given up."""

    def __init__(self) -> None:
        self._waiting: dict[Key, deque[Message | Missing]] = {}
        self._n_items = 0
        self._n_bytes = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._waiting

    @property
    def is_full(self) -> bool:
        """Whether more waits than may."""
        return self._n_items > MAX_ITEMS or self._n_bytes > MAX_BYTES

    def gaps(self) -> list[tuple[Key, Missing]]:
        """Return what each sequence waits for first; `defer` puts one at the end."""
        heads = [(key, self.first_missing(key)) for key in self._waiting]
        return [(key, head) for key, head in heads if head is not None]

    def first_missing(self, key: Key) -> Missing | None:
        """Return what a sequence waits for, None where nothing waits."""
        head = self._waiting[key][0] if key in self._waiting else None
        return head if isinstance(head, Missing) else None

    def add(self, key: Key, item: Message | Missing) -> None:
        """Let it wait; numbers without a last one end where a later item begins."""
        waiting = self._waiting.setdefault(key, deque())
        if waiting and isinstance(waiting[-1], Missing) and waiting[-1].last is None:
            self._count(waiting.pop(), -1)
        waiting.append(item)
        self._count(item, 1)

    def defer(self, key: Key) -> None:
        """Put a sequence behind the others."""
        self._waiting[key] = self._waiting.pop(key)

    def resolve(self, key: Key) -> list[Message]:
        """Take out what a sequence waits for, and the messages that waited for it alone."""
        self._count(self._waiting[key].popleft(), -1)
        return self.release(key)

    def release(self, key: Key) -> list[Message]:
        """Take out the messages that wait for nothing."""
        waiting, released = self._waiting[key], list[Message]()
        while waiting and isinstance(message := waiting[0], Message):
            self._count(waiting.popleft(), -1)
            released.append(message)
        if not waiting:
            del self._waiting[key]
        return released

    def withdraw(self, key: Key) -> list[Message]:
        """Take out all messages of a sequence, whatever they wait for."""
        items = self._waiting.pop(key, ())
        for item in items:
            self._count(item, -1)
        return [item for item in items if isinstance(item, Message)]

    def _count(self, item: Message | Missing, sign: int) -> None:
        self._n_items += sign
        if isinstance(item, Message):
            header = len(msgpack.packb(dict(item.fields)))
            self._n_bytes += sign * (item.data.nbytes + OBJECTS_PER_BYTE * header)
