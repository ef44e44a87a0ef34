"""Count what a take holds, and remember how far each sequence was written."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from emgrig.dsp import gap_threshold_s
from emgrig.messages import Kind, Message
from emgrig.recording.records import MessageId, message_id
from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

__all__ = ["MAX_FORMS", "StreamCount", "TakeCounts"]

MAX_FORMS = 64
"""Different shapes, types and rates of rows in one take: each becomes an array of the session."""


# More nobody counted; with a message's worth on top it is still a number of 64 bits.
_Count = Annotated[int, Field(ge=0, le=1 << 62)]
_Form = tuple[str, str, int, float]


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
        source: Process that the newest row is of.
    """

    samples: _Count = 0
    gaps: _Count = 0
    first_t: FiniteFloat = 0.0
    last_t: FiniteFloat = 0.0
    next_index: _Count = 0
    epoch: str = ""
    source: str = ""

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
        positions: Source -> topic -> (epoch, next sequence number).
        forms: What the rows of each stream look like.
        early: Messages that are written and not counted: some before them are missing.
    """

    streams: dict[str, StreamCount] = field(default_factory=dict)
    label: str = ""
    positions: dict[str, dict[str, tuple[str, _Count]]] = field(default_factory=dict)
    forms: set[_Form] = field(default_factory=set)
    early: set[MessageId] = field(default_factory=set)

    @property
    def newest_t(self) -> float:
        """LSL clock of the newest row of any stream, seconds; 0 when there is none."""
        return max((count.last_t for count in self.streams.values()), default=0.0)

    def positions_without(self, name: str) -> dict[str, dict[str, tuple[str, int]]]:
        """Return the positions of all sources but one, for another thread."""
        everybody = self.positions.items()
        return {source: dict(topics) for source, topics in everybody if source != name}

    def copy(self) -> "TakeCounts":
        """Return the streams' counts and the label as they are now, for another thread."""
        streams = {name: replace(count) for name, count in self.streams.items()}
        return TakeCounts(streams=streams, label=self.label)

    def as_document(self) -> dict[str, Any]:
        """Return all of it in plain form, to go on with after we were killed."""
        document: dict[str, Any] = _COUNTS.dump_python(self, mode="json")
        return document

    @classmethod
    def from_document(cls, document: object) -> "TakeCounts | None":
        """Return what `as_document` gave, None for what is not of that form."""
        try:
            return _COUNTS.validate_python(document)
        except ValidationError:
            return None

    def admits(self, message: Message) -> bool:
        """Tell whether a message may be written: a source cannot make arrays without end."""
        is_room = len(self.forms) < MAX_FORMS or message.kind == Kind.EVENT
        return is_room or _form(message) in self.forms

    def is_early(self, message: Message) -> bool:
        """Tell whether a message was written before its turn."""
        # Nearly always there is none, and this is asked for every message.
        return bool(self.early) and message_id(message) in self.early

    def note_early(self, message: Message) -> None:
        """Remember a message that is written though its turn, and `note`, come later."""
        self.early.add(message_id(message))
        self._note_form(message)

    def miss(self, message: Message) -> None:
        """Remember a message that could not be written, if it is the first of its sequence."""
        topics = self.positions.setdefault(message.source, {})
        topics.setdefault(message.topic, (message.epoch, message.seq))

    def note(self, message: Message) -> None:
        """Take one written message into account."""
        topics = self.positions.setdefault(message.source, {})
        topics[message.topic] = (message.epoch, message.seq + 1)
        if self.early:
            self.early.discard(message_id(message))
        self._note_form(message)
        if message.kind == Kind.CHUNK:
            self._note_chunk(message)
        elif message.kind in (Kind.PREDICTION, Kind.POSE):
            self._note_rows(message.topic.replace("/", "_"), message, 1, message.seq)
        elif message.topic in ("event/cue", "event/label"):
            self.label = str(message.fields.get("name", ""))

    def _note_form(self, message: Message) -> None:
        if message.kind != Kind.EVENT:
            self.forms.add(_form(message))

    def _note_chunk(self, message: Message) -> None:
        """Count the rows of a chunk; of two acquirers' chunks only what is newer than both."""
        n = len(message.data)
        count = self.streams.get(message.stream)
        if count is None or count.source == message.source or message.fs == 0:
            self._note_rows(message.stream, message, n, message.sample_index)
            return
        times = message.timestamps
        n_new = int(np.count_nonzero(times > count.last_t + 0.5 / message.fs))
        if not n_new:
            return
        # The other one's numbers say nothing here: that nothing is missing shows in the times.
        if times[n - n_new] - count.last_t <= gap_threshold_s(message.fs):
            count.epoch, count.next_index = message.epoch, message.sample_index + n - n_new
        self._note_rows(message.stream, message, n_new, message.sample_index + n - n_new)

    def _note_rows(self, name: str, message: Message, n: int, index: int) -> None:
        count = self.streams.setdefault(name, StreamCount())
        if count.samples == 0:
            count.first_t = message.t_first
        elif count.epoch != message.epoch or count.next_index != index:
            count.gaps += 1
        count.epoch, count.next_index = message.epoch, index + n
        count.samples += n
        count.source = message.source
        count.last_t = message.t_last


_COUNTS = TypeAdapter(TakeCounts)


def _form(message: Message) -> _Form:
    fs = message.fs if message.kind == Kind.CHUNK else 0.0
    return message.topic, message.data.dtype.str, message.data.shape[-1], fs
