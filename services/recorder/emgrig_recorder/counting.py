"""Count what a take holds, and remember how far each sequence was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emgrig.messages import Kind, Message

__all__ = ["StreamCount", "TakeCounts", "ledger_difference"]


@dataclass(slots=True)
class StreamCount:
    """One recorded stream.

    Attributes:
        samples: Rows written.
        gaps: How often rows before a chunk were missing.
        first_t: LSL clock of the first row, seconds.
        last_t: LSL clock of the last row, seconds.
        next_index: Sample index expected next, in `epoch`.
        epoch: Incarnation of the source.
    """

    samples: int = 0
    gaps: int = 0
    first_t: float = 0.0
    last_t: float = 0.0
    next_index: int = 0
    epoch: str = ""

    @property
    def rate_hz(self) -> float:
        """Rows a second over the whole take."""
        span_s = self.last_t - self.first_t
        return (self.samples - 1) / span_s if span_s > 0 else 0.0


@dataclass(slots=True)
class TakeCounts:
    """What was written so far.

    Attributes:
        streams: By topic for vectors, by stream name for chunks.
        label: Class name of the current label, empty for none.
        positions: (source, topic) -> (epoch, next sequence number).
    """

    streams: dict[str, StreamCount] = field(default_factory=dict)
    label: str = ""
    positions: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    @property
    def newest_t(self) -> float:
        """LSL clock of the newest row of any stream, seconds; 0 when there is none."""
        return max((count.last_t for count in self.streams.values()), default=0.0)

    def note(self, message: Message) -> None:
        """Take one written message into account."""
        self.positions[message.source, message.topic] = (message.epoch, message.seq + 1)
        if message.kind == Kind.CHUNK:
            self._note_rows(message.stream, message, len(message.data), message.sample_index)
        elif message.kind in (Kind.PREDICTION, Kind.POSE):
            self._note_rows(message.topic.replace("/", "_"), message, 1, message.seq)
        elif message.topic in ("event/cue", "event/label"):
            self.label = str(message.fields.get("name", ""))

    def _note_rows(self, name: str, message: Message, n: int, index: int) -> None:
        count = self.streams.setdefault(name, StreamCount())
        if count.samples == 0:
            count.first_t = message.t_first
        elif count.epoch != message.epoch or count.next_index != index:
            count.gaps += 1
        count.epoch, count.next_index = message.epoch, index + n
        count.samples += n
        count.last_t = message.t_last


def ledger_difference(start: Mapping[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a ledger gained between two of its plain forms; see `emgrig.messages.Ledger`."""
    return {topic: _gained(start.get(topic, {}), entry) for topic, entry in end.items()}


def _gained(start: Mapping[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    gained: dict[str, Any] = {}
    for key, value in end.items():
        if isinstance(value, Mapping):
            gained[key] = _gained(start.get(key, {}), value)
        else:
            gained[key] = value - start.get(key, 0)
    return gained
