"""What a person can do about recording now, and what is done when they do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emgrig.control import RigClient, hand_pb2
from emgrig.errors import RequestError

from emgrig_console.polling import Polled
from emgrig_console.summary import clock_words

__all__ = [
    "FIRST_TAKE",
    "Allowed",
    "allowed",
    "cue",
    "next_take_name",
    "palette",
    "why_no_protocol",
]

FIRST_TAKE = "take-1"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the panel's buttons may do now.

    Attributes:
        can_record: Whether a take can begin.
        can_stop: Whether one runs.
        words: What happens now, and why a button does not work.
        news: The same without what changes all the time, for those who are read to.
    """

    can_record: bool
    can_stop: bool
    words: str
    news: str


def allowed(recording: Polled, *, is_protocol_running: bool, is_stopping: bool = False) -> Allowed:
    """Decide from the recorder's newest answer.

    Args:
        recording: ``RecordingStatus``.
        is_protocol_running: Whether a protocol records by itself.
        is_stopping: Whether a take is being ended.
    """
    status: Any = recording.value
    if not recording.is_live:
        why = "The recorder does not answer: look at Processes."
        return Allowed(False, False, why, why)
    if is_stopping:
        return Allowed(False, False, "The take is being ended.", "The take is being ended.")
    # While its session is made, a protocol cues no more, and a person may record meanwhile.
    is_by_protocol = is_protocol_running and (bool(status.protocol) or not status.recording)
    why = "A protocol records by itself: cancel it to stop." if is_by_protocol else ""
    if not status.recording:
        words = "Making the session file of the last take." if status.finishing else why
        return Allowed(status.finishing or not is_by_protocol, False, words, words)
    label = f"label {status.label}" if status.label else "no label yet: cue a gesture"
    size = f"{status.journal_bytes / 1e6:.1f} MB"
    words = f"Recording {clock_words(status.elapsed_s)}, {size}, {label}. {why}".strip()
    return Allowed(False, not is_by_protocol, words, f"Recording, {label}")


def why_no_protocol(recording: Polled, *, is_protocol_running: bool) -> str:
    """Say why no protocol can begin now; empty where one can.

    Args:
        recording: ``RecordingStatus``.
        is_protocol_running: Whether one is under way.
    """
    status: Any = recording.value
    if not recording.is_live:
        return "The recorder does not answer: look at Processes."
    if is_protocol_running:
        return "A protocol is under way: wait for its end, or cancel it."
    return "A take runs: stop it first." if status.recording else ""


def palette(hand: Polled, classes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the gestures that can be cued, and the hand's movements that are no class.

    Args:
        hand: ``HandStatus``.
        classes: Of the rig. A label is one of them, so nothing else is cued.
    """
    status: Any = hand.value
    movements = list(status.movements) if hand.is_live and status.connected else []
    known = [name for name in classes if not movements or name in movements]
    return known, [name for name in movements if name not in classes]


def next_take_name(name: str) -> str:
    """Return the name of the take after one: its number counted up."""
    if not name:
        return FIRST_TAKE
    stem, number = re.fullmatch(r"(.*?)(?:-(\d{1,6}))?", name, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{stem}-{int(number or 1) + 1}"


def cue(client: RigClient, name: str) -> str:
    """Show a gesture.

    Raises:
        RequestError: The hand did not apply it.
        PeerError: vhi-bridge does not answer.
    """
    reply = client.call("vhi-bridge", "Hand.CueGesture", hand_pb2.CueGestureRequest(name=name))
    if not reply.applied:
        raise RequestError(f"expected the hand to show {name}, got: {reply.message}")
    return str(reply.name)
