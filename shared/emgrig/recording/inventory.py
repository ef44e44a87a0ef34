"""Take stock of a journal: which samples it has, where, and in which order they belong."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from emgrig.errors import SessionError
from emgrig.messages import STANDARD_POSE, Kind, Message
from emgrig.recording.balance import WindowBooks
from emgrig.recording.convention import POSE_STREAMS
from emgrig.recording.journal import Damage, Entry, Journal
from emgrig.recording.places import TopicIndex
from emgrig.recording.records import EARLY_RECORD, RECORD_PREFIX, MessageId, message_id

__all__ = ["Inventory", "StreamIndex", "StreamKey", "take_inventory"]

# An event or a stretch of damage costs memory; a recording with more of them than this is
# told by its counts.
MAX_LISTED = 10_000
# Labels are what is learned from: more than the cues of the longest protocol, and a person's own.
MAX_LABELS = 50_000
# Arrays in one session: a source that changes its form with every message has no more than this.
MAX_STREAMS = 256
MAX_CLASS_INDEX = 10_000
# Written every some seconds; each says all that the one before it said.
_GROWING = frozenset({"ledger", "books"})


class StreamKey(NamedTuple):
    """What must be equal for messages to be rows of one array.

    A source that comes back with other channels or another type begins another array, so
    nothing recorded is lost.

    Attributes:
        topic: Topic on the wire.
        dtype: NumPy type on the wire, such as ``<f4``.
        n_channels: Width of a row.
        fs: Declared rate, Hz; 0 for vectors and irregular streams.
        pose_convention: ``standard`` for poses of a hand of generation 2, else empty.
    """

    topic: str
    dtype: str
    n_channels: int
    fs: float
    pose_convention: str = ""


@dataclass(slots=True)
class StreamIndex:
    """One array to be: its key, its name in the session, and its messages.

    Attributes:
        name: Name in the session.
        key: Common to all messages.
        index: By sample index for chunks, by sequence number for vectors.
        channel_names: Of the first message that has them, may be empty.
    """

    name: str
    key: StreamKey
    index: TopicIndex = field(default_factory=TopicIndex)
    channel_names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Inventory:
    """All that an export needs to know before it copies a sample.

    Attributes:
        streams: Arrays to be, by key, in order of appearance.
        topics: Every message by topic and sequence number.
        labels: ``{t, class_index, name, topic}`` by time.
        events: Other events, plain.
        documents: Plain records by kind, in order.
        damaged: What could not be read.
        windows: What the windows of the EMG came to.
        unlisted: How many events or damages are not listed because there were too many.
        last_log_ns: Wall clock of the last record.
    """

    streams: dict[StreamKey, StreamIndex] = field(default_factory=dict)
    topics: dict[str, TopicIndex] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    damaged: list[dict[str, Any]] = field(default_factory=list)
    windows: WindowBooks = field(default_factory=WindowBooks)
    unlisted: int = 0
    last_log_ns: int = 0
    _heard: set[MessageId] = field(default_factory=set)

    def latest(self, kind: str) -> dict[str, Any]:
        """Return the last document of a kind, empty if there is none."""
        return self.documents.get(kind, [{}])[-1]

    @property
    def pose_convention(self) -> str:
        """The units of the hand's poses as they were recorded, those of its first stream."""
        conventions = {stream.name: stream.key.pose_convention for stream in self.streams.values()}
        return next((conventions[name] for name in POSE_STREAMS if name in conventions), "")

    def note(self, found: Entry | Damage) -> None:
        """Take one finding of `Journal.scan` into account."""
        if isinstance(found, Damage):
            self._list(self.damaged, asdict(found))
            return
        self.last_log_ns = max(self.last_log_ns, found.log_time_ns)
        if found.message is None:
            self._note_document(found.topic.removeprefix(RECORD_PREFIX), found.document or {})
        else:
            self._note_message(found.message, found)

    def _note_document(self, kind: str, document: dict[str, Any]) -> None:
        if kind in _GROWING:
            self.documents[kind] = [{**self.latest(kind), **document}]
        elif kind != EARLY_RECORD:  # the message that it tells of follows it
            self._list(self.documents.setdefault(kind, []), document)

    def _note_message(self, message: Message, entry: Entry) -> None:
        topic = self.topics.setdefault(message.topic, TopicIndex())
        topic.add(message, message.seq, 1, entry)
        self.windows.note(message)
        if message.kind == Kind.EVENT:
            # An event that waited for room is written again where the recorder was killed over it.
            identity = message_id(message)
            if identity not in self._heard:
                self._heard.add(identity)
                self._note_event(message)
        elif message.kind in (Kind.CHUNK, Kind.PREDICTION, Kind.POSE) and message.data.size:
            self._note_stream(message, entry)

    def _note_event(self, message: Message) -> None:
        # A label has a time of its own; a topic has only the message.
        event = {"t": message.t_last, **message.fields, "topic": message.topic}
        if message.stream in ("cue", "label") and _is_label(event):
            self._list(self.labels, event, MAX_LABELS)
        else:
            self._list(self.events, event)

    def _note_stream(self, message: Message, entry: Entry) -> None:
        is_chunk = message.kind == Kind.CHUNK
        key = StreamKey(
            message.topic,
            message.data.dtype.str,
            message.data.shape[-1],
            # The rate of a prediction's header is that of the EMG under it.
            message.fs if is_chunk else 0.0,
            STANDARD_POSE if message.fields.get("pose_convention") == STANDARD_POSE else "",
        )
        stream = self.streams.get(key)
        if stream is None:
            self._check_room(message.topic)
            stream = self.streams[key] = StreamIndex(self._free_name(message), key)
        names = message.fields.get("channel_names") or message.fields.get("targets")
        if isinstance(names, list) and not stream.channel_names:
            stream.channel_names = [str(name) for name in names]
        first, n = (message.sample_index, len(message.data)) if is_chunk else (message.seq, 1)
        stream.index.add(message, first, n, entry)

    def _check_room(self, topic: str) -> None:
        if len(self.streams) >= MAX_STREAMS:
            raise SessionError(
                f"expected at most {MAX_STREAMS} forms of streams in a recording, got another "
                f"of {topic}; the journal is kept, find out why its source changes without end"
            )

    def _free_name(self, message: Message) -> str:
        """Return ``emg``, or ``emg_2`` where that is taken."""
        name = message.stream if message.kind == Kind.CHUNK else message.topic.replace("/", "_")
        if name.endswith("_timestamps"):
            name += "_stream"  # or its array would be the time stamps of another stream
        taken = {stream.name for stream in self.streams.values()}
        n = 1
        while (free := name if n == 1 else f"{name}_{n}") in taken:
            n += 1
        return free

    def _list(
        self, where: list[dict[str, Any]], what: dict[str, Any], limit: int = MAX_LISTED
    ) -> None:
        if len(where) < limit:
            where.append(what)
        else:
            self.unlisted += 1


def take_inventory(journal: Journal) -> Inventory:
    """Read a journal once, from begin to end.

    Raises:
        SessionError: It holds more forms of streams than any session.
    """
    inventory = Inventory()
    for found in journal.scan():
        inventory.note(found)
    unique = {
        (label["topic"], label["t"], label["class_index"]): label for label in inventory.labels
    }
    inventory.labels = sorted(unique.values(), key=lambda label: label["t"])
    return inventory


def _is_label(event: dict[str, Any]) -> bool:
    t, index = event.get("t"), event.get("class_index")
    is_time = type(t) in (int, float) and math.isfinite(t)  # type: ignore[arg-type]
    return is_time and type(index) is int and -1 <= index <= MAX_CLASS_INDEX
