"""The ledger: received = used + skipped(reason) + refused(reason), per topic."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Ledger", "TopicLedger"]


@dataclass(slots=True)
class TopicLedger:
    """What became of the messages of one topic.

    Attributes:
        received: Messages that were sent to us, the lost ones included.
        used: Messages that did their work.
        skipped: By reason, messages left out on purpose or lost on the way.
        refused: By reason, messages that are not acceptable.
    """

    received: int = 0
    used: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def is_balanced(self) -> bool:
        """Whether every message received is accounted for."""
        return self.received == self.used + self.skipped.total() + self.refused.total()

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form that travels in health messages."""
        return {
            "received": self.received,
            "used": self.used,
            "skipped": dict(self.skipped),
            "refused": dict(self.refused),
        }


class Ledger:
    """Count, per topic, what came and what became of it.

    The transport counts what it hands out, skips and refuses; a service counts what it uses,
    and the messages that it skips or refuses itself. Every message handed to a service must
    end in exactly one of `use`, `skip`, `refuse`.
    """

    def __init__(self) -> None:
        self._topics: dict[str, TopicLedger] = {}
        self._snapshot: dict[str, Any] = {}
        self._is_wanted = False

    def receive(self, topic: str, n: int = 1) -> None:
        """Count messages that arrived."""
        self._of(topic).received += n

    def use(self, topic: str, n: int = 1) -> None:
        """Count messages that did their work."""
        self._of(topic).used += n

    def skip(self, topic: str, reason: str, n: int = 1) -> None:
        """Count messages that arrived and are left out."""
        self._of(topic).skipped[reason] += n

    def refuse(self, topic: str, reason: str, n: int = 1) -> None:
        """Count messages that arrived and are not acceptable."""
        self._of(topic).refused[reason] += n

    def lose(self, topic: str, reason: str, n: int = 1) -> None:
        """Count messages that were sent and never arrived: received and skipped at once."""
        if n:
            self.receive(topic, n)
            self.skip(topic, reason, n)

    @property
    def is_balanced(self) -> bool:
        """Whether every topic balances."""
        return all(entry.is_balanced for entry in list(self._topics.values()))

    def as_dict(self) -> dict[str, Any]:
        """Return topic -> counts."""
        return {topic: entry.as_dict() for topic, entry in sorted(self._topics.items())}

    def checkpoint(self) -> None:
        """Say that no message is under way; called by the receiving loop between two messages."""
        if self._is_wanted:
            self._is_wanted = False
            self._snapshot = self.as_dict()

    def snapshot(self) -> dict[str, Any]:
        """Return the counts of the newest checkpoint, and ask for another one.

        Only at a checkpoint can the books be compared: in between, a message is received and
        not yet used. For another thread than the receiving one.
        """
        self._is_wanted = True
        return self._snapshot

    def _of(self, topic: str) -> TopicLedger:
        found = self._topics.get(topic)
        if found is None:
            found = self._topics[topic] = TopicLedger()
        return found
