"""What the board tells its readers, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
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

    def table(self, *path: str) -> Mapping[str, Any]:
        """Return a table of the document; empty where there is none."""
        found = self._find(path)
        return found if isinstance(found, Mapping) else {}

    def number(self, *path: str) -> float:
        """Return a number of the document; nan where there is none."""
        found = self._find(path)
        return float(found) if isinstance(found, int | float) else nan

    def words(self, key: str) -> str:
        """Return a text of the document; empty where there is none."""
        found = self._find((key,))
        return found if isinstance(found, str) else ""

    def _find(self, path: tuple[str, ...]) -> object:
        found: object = self.document
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


@dataclass(frozen=True, slots=True)
class Cue:
    """The gesture that was asked for last.

    Attributes:
        name: Gesture.
        t: LSL clock, seconds.
    """

    name: str
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
        lag_s: How old its newest sample was when it came, seconds; nan where that is not known.
        watched_s: Seconds between the first and the last message that the rate is measured on.
        n_missed: Messages that never came here.
        n_channels: Of a chunk; 0 for others.
    """

    topic: str
    source: str
    rate_hz: float
    declared_hz: float
    age_s: float
    lag_s: float
    watched_s: float
    n_missed: int
    n_channels: int
