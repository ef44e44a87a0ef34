"""Decide whether a message is one that a consumer asked for; no sockets."""

from collections.abc import Iterable

from emgrig.errors import FrameSequenceError, FrameSourceError
from emgrig.messages import Message, Observation, SequenceTracker

__all__ = ["MAX_TOPICS", "Admission"]

MAX_TOPICS = 64
"""Topics per source: a prefix lets a source name as many streams as it likes."""

MAX_STEP = 1 << 32
"""Two years of 64 messages a second; a larger step of the numbers is no loss."""


class Admission:
    """Admit the declared sources, on a bounded number of topics, and follow their numbers.

    Whatever comes, what is kept here does not grow without end.

    Args:
        sources: Names of the processes whose messages were asked for.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._topics: dict[str, set[str]] = {name: set() for name in sources}
        self._tracker = SequenceTracker()

    def check_source(self, message: Message) -> None:
        """Refuse who was not asked.

        Raises:
            FrameSourceError: Reason ``unknown_source``.
        """
        if message.source not in self._topics:
            raise FrameSourceError(
                "unknown_source",
                f"expected messages of {sorted(self._topics)}, got {message.topic} of "
                f"{message.source!r}; name it in rig.toml, or find who uses an address of the rig",
            )

    def observe(self, message: Message) -> Observation:
        """Take note of a message of an admitted source and say what its number shows.

        Raises:
            FrameSourceError: Reason ``too_many_topics``.
            FrameSequenceError: Its number is further ahead than any loss explains.
        """
        self._check(message.source, message.topic, message.epoch, message.seq)
        return self._tracker.observe(message)

    def reach(self, source: str, topic: str, epoch: str, seq: int) -> Observation:
        """Take note that an admitted source sent all numbers before one; else as `observe`."""
        self._check(source, topic, epoch, seq)
        return self._tracker.reach(source, topic, epoch, seq)

    def resume(self, source: str, topic: str, epoch: str, next_seq: int) -> bool:
        """Continue a sequence at a number; returns whether its source is admitted."""
        if source not in self._topics:
            return False
        self._topics[source].add(topic)
        self._tracker.resume(source, topic, epoch, next_seq)
        return True

    def _check(self, source: str, topic: str, epoch: str, seq: int) -> None:
        topics = self._topics[source]
        if topic not in topics and len(topics) >= MAX_TOPICS:
            raise FrameSourceError(
                "too_many_topics",
                f"expected at most {MAX_TOPICS} topics of {source}, got {topic} as one more; "
                "send fewer streams, or start another process for them",
            )
        if self._tracker.step(source, topic, epoch, seq) > MAX_STEP:
            raise FrameSequenceError(
                f"expected the next numbers on {topic} of {source}, got {seq}; restart it"
            )
        topics.add(topic)
