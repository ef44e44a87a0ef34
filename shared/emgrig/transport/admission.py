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
        topics = self._topics[message.source]
        if message.topic not in topics and len(topics) >= MAX_TOPICS:
            raise FrameSourceError(
                "too_many_topics",
                f"expected at most {MAX_TOPICS} topics of {message.source}, got {message.topic} as "
                "one more; send fewer streams, or start another process for them",
            )
        if self._tracker.step(message) > MAX_STEP:
            raise FrameSequenceError(
                f"expected the next numbers on {message.topic} of {message.source}, got "
                f"{message.seq}; restart it"
            )
        topics.add(message.topic)
        return self._tracker.observe(message)

    def resume(self, source: str, topic: str, epoch: str, next_seq: int) -> bool:
        """Continue a sequence at a number; returns whether its source is admitted."""
        if source not in self._topics:
            return False
        self._topics[source].add(topic)
        self._tracker.resume(source, topic, epoch, next_seq)
        return True

    def topics(self, source: str) -> set[str]:
        """Return the topics of an admitted source that were seen."""
        return self._topics[source]
