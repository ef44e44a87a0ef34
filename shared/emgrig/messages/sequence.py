"""Sequence logic: what a consumer learns from the numbers in a header."""

from typing import NamedTuple

from emgrig.messages.message import Message

__all__ = ["Observation", "SequenceTracker"]


class Observation(NamedTuple):
    """What one message's epoch and number say.

    Attributes:
        new_epoch: The source was restarted, or this is its first message here.
        missing: Numbers before this one that did not come; for a new epoch all before it.
        duplicate: It was seen before, or comes after a later one.
    """

    new_epoch: bool
    missing: range
    duplicate: bool


class SequenceTracker:
    """Follow (source, topic) sequences; one per consumer."""

    def __init__(self) -> None:
        self._next: dict[tuple[str, str], tuple[str, int]] = {}

    def resume(self, source: str, topic: str, epoch: str, next_seq: int) -> None:
        """Continue where an earlier incarnation of this consumer stopped."""
        self._next[source, topic] = (epoch, next_seq)

    def step(self, message: Message) -> int:
        """Return how many numbers before a message did not come; negative for an earlier one."""
        epoch, expected = self._next.get((message.source, message.topic), ("", 0))
        return message.seq - (expected if epoch == message.epoch else 0)

    def observe(self, message: Message) -> Observation:
        """Take note of a message and say what it shows."""
        key = (message.source, message.topic)
        epoch, expected = self._next.get(key, ("", 0))
        if epoch != message.epoch:
            self._next[key] = (message.epoch, message.seq + 1)
            return Observation(True, range(message.seq), False)
        if message.seq < expected:
            return Observation(False, range(0), True)
        self._next[key] = (epoch, message.seq + 1)
        return Observation(False, range(expected, message.seq), False)
