"""What the board tells its readers, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Cue", "Health", "LogLine", "Pose", "TopicRow"]

STALE_HEALTH_S = 2.5
"""A process beats once a second; two missed beats and a half are not a hiccup."""


@dataclass(frozen=True, slots=True)
class Health:
    """A process's newest words about itself.

    Attributes:
        document: The health document of docs/wire.md.
        age_s: Seconds since it came.
    """

    document: Mapping[str, Any]
    age_s: float

    @property
    def is_stale(self) -> bool:
        """Whether it is too old to be shown as live."""
        return self.age_s > STALE_HEALTH_S


@dataclass(frozen=True, slots=True)
class Cue:
    """The gesture that was asked for last.

    Attributes:
        name: Gesture.
        class_index: Its position in the rig's classes; -1 for none of them.
        t: LSL clock, seconds.
    """

    name: str
    class_index: int
    t: float


@dataclass(frozen=True, slots=True)
class Pose:
    """What a hand shows.

    Attributes:
        values: The nine values with +1 as full flexion.
        age_s: Seconds since it came.
    """

    values: tuple[float, ...]
    age_s: float


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a process's log.

    Attributes:
        n: Its number since the console started.
        process: Who said it.
        level: debug, info, warning or error.
        event: What happened.
        text: What else it carries, ``key=value``.
        timestamp: ISO 8601, UTC.
    """

    n: int
    process: str
    level: str
    event: str
    text: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic as it passed this console.

    Attributes:
        topic: ``kind/stream``.
        source: Who sends it.
        rate_hz: Samples (chunks) or messages a second over the last seconds.
        declared_hz: Sample rate of a chunk's stream; 0 where nothing is declared.
        age_s: Seconds since the newest message.
        n_missed: Messages that never came here.
        n_channels: Of a chunk; 0 for others.
    """

    topic: str
    source: str
    rate_hz: float
    declared_hz: float
    age_s: float
    n_missed: int
    n_channels: int
