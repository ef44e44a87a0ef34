"""The streams in words: decides, shows nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emgrig_console.polling import Polled
from emgrig_console.sightings import Health, TopicRow
from emgrig_console.summary import STALE_POLL_S, Tone, age_words

__all__ = [
    "StreamRow",
    "ledger_words",
    "source_words",
    "stream_rows",
    "visible_words",
    "why_not_choose",
]

MAX_RATE_ERROR = 0.02
DUE_S = {"chunk": 0.5, "window": 0.5, "features": 0.5, "prediction": 0.5, "pose": 1.0}
"""When a topic that flows is late; events come when they come."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One line of the table.

    Attributes:
        topic: ``kind/stream``.
        rate: Measured, and declared where it is.
        age: Of the newest message.
        missed: What never came here.
        tone: Colour; the words say the same.
        note: What is to be looked at; empty when nothing is.
    """

    topic: str
    rate: str
    age: str
    missed: str
    tone: Tone
    note: str


def stream_rows(topics: Iterable[TopicRow]) -> list[StreamRow]:
    """Return the lines for topics."""
    return [_row(topic) for topic in topics]


def source_words(source: Polled) -> str:
    """Say which LSL stream the acquirer reads.

    Args:
        source: ``SourceStatus``.
    """
    status: Any = source.value
    if status is None or source.age_s > STALE_POLL_S:
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
    if source.value is None or source.age_s > STALE_POLL_S:
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
    """Say whether everything received is accounted for, and what was left out."""
    left_out: dict[str, int] = {}
    off = 0
    for health in healths:
        for counts in health.document.get("ledger", {}).values():
            reasons = [*counts.get("skipped", {}).items(), *counts.get("refused", {}).items()]
            for reason, n in reasons:
                left_out[reason] = left_out.get(reason, 0) + int(n)
            accounted = counts.get("used", 0) + sum(n for _, n in reasons)
            off += abs(int(counts.get("received", 0)) - int(accounted))
    words = ", ".join(f"{n} {reason.replace('_', ' ')}" for reason, n in sorted(left_out.items()))
    balance = "Ledger balanced" if not off else f"! Ledger off by {off}"
    return f"{balance}; left out: {words or 'nothing'}"


def _row(topic: TopicRow) -> StreamRow:
    due_s = DUE_S.get(topic.topic.partition("/")[0])
    is_late = due_s is not None and topic.age_s > due_s
    is_off = (
        topic.declared_hz > 0
        and not is_late
        and topic.rate_hz > 0
        and abs(topic.rate_hz / topic.declared_hz - 1) > MAX_RATE_ERROR
    )
    declared = f" / {topic.declared_hz:g}" if topic.declared_hz else ""
    if is_late:
        tone, note = "stale", f"! nothing for {age_words(topic.age_s)}"
    elif is_off:
        tone, note = "warn", "! not the declared rate"
    else:
        tone, note = "", ""
    rate = "-" if is_late or not topic.rate_hz else f"{topic.rate_hz:.1f}{declared} Hz"
    missed = f"{topic.n_missed} missed" if topic.n_missed else "0"
    return StreamRow(topic.topic, rate, age_words(topic.age_s), missed, tone, note)
