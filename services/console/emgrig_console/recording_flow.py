"""What a person can do about recording now, and what is done when they do."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from emgrig.config import RecordingProtocol
from emgrig.control import RigClient, cue_through, hand_pb2, recorder_pb2
from emgrig.errors import PeerError, RequestError

from emgrig_console.jobs import Progress
from emgrig_console.polling import Polled
from emgrig_console.summary import STALE_POLL_S, clock_words

__all__ = ["Allowed", "allowed", "cue", "palette", "record_protocol", "start", "stop"]

MOST_SHORTCUTS = 9


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the panel's buttons may do now.

    Attributes:
        can_record: Whether a take can begin.
        can_stop: Whether one runs.
        why_not: Why neither works; empty when one does.
        words: What happens now.
    """

    can_record: bool
    can_stop: bool
    why_not: str
    words: str


def allowed(recording: Polled, *, is_protocol_running: bool) -> Allowed:
    """Decide from the recorder's newest answer.

    Args:
        recording: ``RecordingStatus``.
        is_protocol_running: Whether a protocol records by itself.
    """
    status: Any = recording.value
    if status is None or recording.age_s > STALE_POLL_S:
        why = "The recorder does not answer: look at Processes, start or restart it."
        return Allowed(False, False, why, "")
    if status.recording:
        label = f", label {status.label}" if status.label else ", no label yet: cue a gesture"
        size = f"{status.journal_bytes / 1e6:.1f} MB"
        words = f"Recording {clock_words(status.elapsed_s)}, {size}{label}"
        if is_protocol_running:
            return Allowed(False, False, "A protocol is running: cancel it to stop.", words)
        return Allowed(False, True, "", words)
    words = "Making the session file of the last take." if status.finishing else ""
    return Allowed(not is_protocol_running, False, "", words)


def palette(hand: Polled, classes: list[str]) -> list[str]:
    """Return the gestures to offer: the rig's classes first, then the hand's other movements."""
    status: Any = hand.value
    movements = list(status.movements) if status is not None and status.connected else []
    known = [name for name in classes if not movements or name in movements]
    return known + [name for name in movements if name not in classes]


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


def start(client: RigClient, take_name: str) -> None:
    """Open the hand's session gate and begin a take.

    Raises:
        RequestError: A take runs already.
        PeerError: The recorder does not answer.
    """
    request = recorder_pb2.StartRecordingRequest(take_name=take_name)
    client.call("recorder", "Recorder.Start", request)
    # A recording without a hand is still a recording.
    with suppress(PeerError):
        _set_session(client, is_active=True)


def stop(client: RigClient, finish_deadline_s: float) -> Any:
    """End the take, wait for its file and return its ``SessionInfo``.

    Raises:
        RequestError: None runs, or its session cannot be made.
        PeerError: The recorder does not answer.
    """
    with suppress(PeerError):
        _set_session(client, is_active=False)
    request = recorder_pb2.StopRecordingRequest()
    return client.call("recorder", "Recorder.Stop", request, finish_deadline_s)


def record_protocol(
    client: RigClient,
    plan: RecordingProtocol,
    finish_deadline_s: float,
    report: Callable[[Progress], None],
    cancelled: threading.Event,
) -> object:
    """Record a whole protocol; one that fails or is cancelled is stopped and kept.

    Raises:
        RequestError: A take runs already, or a gesture is unknown.
        PeerError: A process does not answer.
    """
    start(client, plan.take)
    total_s = plan.duration_s

    def show(elapsed_s: float, gesture: str) -> None:
        report(Progress(elapsed_s / total_s, gesture, total_s - elapsed_s))

    try:
        cue_through(client, plan, show, clock=time.monotonic, stop=cancelled)
    finally:
        report(Progress(None, "making the session file", None))
        info = stop(client, finish_deadline_s)
    return info.session


def _set_session(client: RigClient, *, is_active: bool) -> None:
    request = hand_pb2.SetSessionRequest(active=is_active)
    client.call("vhi-bridge", "Hand.SetSession", request)
