"""The streams in words: decides, shows nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any

from emgrig_console.polling import Polled
from emgrig_console.sightings import Health, TopicRow
from emgrig_console.summary import Tone, age_words

__all__ = [
    "StreamRow",
    "ledger_details",
    "ledger_words",
    "source_words",
    "stream_rows",
    "visible_words",
    "why_not_choose",
]

MAX_RATE_ERROR = 0.02
DUE_S = {"chunk": 0.5, "window": 0.5, "features": 0.5, "prediction": 0.5, "pose": 1.0}
"""When a topic that flows is late; events come when they come."""

LEAST_WATCHED_S = 4.0
"""A rate that was measured for less says nothing about two per cent."""

REASONS = {
    "before_join": "sent before the reader was there",
    "no_model": "no model was loaded",
    "not_recording": "no take was running",
    "not_replayed": "asked again, and its sender had it no longer",
    "superseded": "a newer one was there already",
    "malformed": "not what its topic promises",
}


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One line of the table.

    Attributes:
        topic: ``kind/stream``, with the sender where there are several.
        source: Who sends it.
        rate: Measured, and declared where it is.
        age: Of the newest message.
        missed: What never came here.
        tone: Colour; the words say the same.
        note: What is to be looked at; empty when nothing is.
    """

    topic: str
    source: str
    rate: str
    age: str
    missed: str
    tone: Tone
    note: str


def stream_rows(topics: Iterable[TopicRow]) -> list[StreamRow]:
    """Return the lines for topics; where several send one, each with its sender."""
    known = list(topics)
    senders = Counter(topic.topic for topic in known)
    return [_row(topic, has_company=senders[topic.topic] > 1) for topic in known]


def source_words(source: Polled) -> str:
    """Say which LSL stream the acquirer reads.

    Args:
        source: ``SourceStatus``.
    """
    status: Any = source.value
    if not source.is_live:
        return "LSL source: the acquirer does not answer; look at Processes."
    if not status.connected:
        return (
            f"LSL source: none with {status.wanted}. Start the amplifier's LSL stream or the "
            "emg-generator, or choose another."
        )
    how = " (chosen, not as in rig.toml)" if status.chosen else ""
    return (
        f"LSL source{how}: {status.name} from {status.host}, {status.n_channels} ch, "
        f"{status.delivered_rate_hz:.1f} of {status.declared_rate_hz:g} Hz, {status.gaps} gaps, "
        f"{status.nan_samples} NaN, {status.clipped_samples} clipped"
    )


def why_not_choose(source: Polled, recording: Polled) -> str:
    """Say why the source cannot be changed now; nothing when it can.

    Args:
        source: ``SourceStatus``.
        recording: ``RecordingStatus``.
    """
    if not source.is_live:
        return "The acquirer does not answer."
    status: Any = recording.value
    if status is not None and status.recording:
        return "Stop the recording first: its EMG would change under it."
    return ""


def visible_words(source: Any) -> str:
    """Describe a stream that could be chosen.

    Args:
        source: ``VisibleSource``.
    """
    rate = f"{source.declared_rate_hz:g} Hz" if source.declared_rate_hz else "irregular"
    what = f"{source.name} ({source.type or 'no type'}) from {source.host}"
    now = ", read now" if source.connected else ""
    return f"{what}, {source.n_channels} ch, {rate}{now}"


def ledger_words(healths: Iterable[Health]) -> str:
    """Say whether everything received is accounted for, as far as it is heard."""
    off, is_heard = 0, False
    for health in healths:
        for counts in health.table("ledger").values():
            is_heard = True
            entry = Health(counts, 0.0)
            accounted = _whole(entry, "used") + sum(n for _, n in _left_out(entry))
            off += abs(_whole(entry, "received") - accounted)
    if off:
        return f"▲ Ledger off by {off}: messages are unaccounted for"
    return "Every message is accounted for" if is_heard else "No ledger is heard"


def ledger_details(healths: Iterable[Health]) -> list[str]:
    """Return what was left out and why, one reason a line."""
    total: Counter[str] = Counter()
    for health in healths:
        for counts in health.table("ledger").values():
            for reason, n in _left_out(Health(counts, 0.0)):
                total[reason] += n
    lines = [f"{n} left out: {_reason_words(reason)}" for reason, n in sorted(total.items())]
    return lines or ["Nothing was left out."]


def _left_out(entry: Health) -> list[tuple[str, int]]:
    return [
        (str(reason), _whole(entry, kind, reason))
        for kind in ("skipped", "refused")
        for reason in entry.table(kind)
    ]


def _whole(entry: Health, *path: str) -> int:
    number = entry.number(*path)
    return 0 if isnan(number) else int(number)


def _reason_words(reason: str) -> str:
    return REASONS.get(reason, reason.replace("_", " "))


def _row(topic: TopicRow, *, has_company: bool) -> StreamRow:
    due_s = DUE_S.get(topic.topic.partition("/")[0])
    is_late = due_s is not None and topic.age_s > due_s
    is_off = (
        topic.declared_hz > 0
        and not is_late
        and topic.watched_s >= LEAST_WATCHED_S
        and abs(topic.rate_hz / topic.declared_hz - 1) > MAX_RATE_ERROR
    )
    declared = f" / {topic.declared_hz:g}" if topic.declared_hz else ""
    if is_late:
        tone, note = "stale", f"▲ nothing for {age_words(topic.age_s)}"
    elif is_off:
        tone, note = "warn", "▲ not the declared rate"
    else:
        tone, note = "", ""
    rate = "-" if is_late or not topic.rate_hz else f"{topic.rate_hz:.1f}{declared} Hz"
    missed = f"{topic.n_missed} missed" if topic.n_missed else "0"
    name = f"{topic.topic} of {topic.source}" if has_company else topic.topic
    return StreamRow(name, topic.source, rate, age_words(topic.age_s), missed, tone, note)
