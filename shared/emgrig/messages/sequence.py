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

    def step(self, source: str, topic: str, epoch: str, seq: int) -> int:
        """Return how many numbers before one did not come; negative for an earlier one."""
        known, expected = self._next.get((source, topic), ("", 0))
        return seq - (expected if epoch == known else 0)

    def observe(self, message: Message) -> Observation:
        """Take note of a message and say what it shows."""
        source, topic, epoch, seq = message.source, message.topic, message.epoch, message.seq
        observation = self.reach(source, topic, epoch, seq)
        if not observation.duplicate:
            self._next[source, topic] = (epoch, seq + 1)
        return observation

    def reach(self, source: str, topic: str, epoch: str, seq: int) -> Observation:
        """Take note that all numbers before one were sent, and say what that shows."""
        known, expected = self._next.get((source, topic), ("", 0))
        is_new = known != epoch
        if not is_new and seq < expected:
            return Observation(False, range(0), True)
        self._next[source, topic] = (epoch, seq)
        return Observation(is_new, range(0 if is_new else expected, seq), False)
