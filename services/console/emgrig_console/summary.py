"""The header in words: decides, shows nothing."""

from dataclasses import dataclass
from typing import Any

from emgrig_console.board import Board
from emgrig_console.polling import Polled

__all__ = ["Summary", "Tone", "age_words", "clock_words", "summarise"]

type Tone = str
"""``ok``, ``warn``, ``danger`` or ``stale``: a colour that never stands alone."""

STALE_POLL_S = 2.5
OLD_SAMPLE_S = 0.5
"""A window is 0.2 s; poses older than this never reach the hand either."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the header says.

    Attributes:
        state: The rig's state in words.
        tone: Its colour.
        recording: ``not recording``, or clock and take.
        is_recording: Whether a take runs.
        sample: Age of the newest sample.
        is_sample_old: Whether that is no live signal.
        latency: Sample to hand, p50 and p99.
        hand: Whether the hand follows, rests or is gone.
        is_output_off: Whether the operator brought the hand to rest.
    """

    state: str
    tone: Tone
    recording: str
    is_recording: bool
    sample: str
    is_sample_old: bool
    latency: str
    hand: str
    is_output_off: bool


def summarise(board: Board, processes: list[str], *, recording: Polled, hand: Polled) -> Summary:
    """Say how the rig is.

    Args:
        board: What the bus said.
        processes: Those that must run.
        recording: The recorder's answer.
        hand: The bridge's answer.
    """
    state, tone = _state(board, processes)
    clock, is_recording = _recording(recording)
    age_s = min(
        (row.age_s for row in board.topics() if row.topic == "chunk/emg"), default=float("inf")
    )
    words, is_off = _hand(hand)
    return Summary(
        state=state,
        tone=tone,
        recording=clock,
        is_recording=is_recording,
        sample="no sample yet" if age_s == float("inf") else f"sample {age_words(age_s)} old",
        is_sample_old=age_s > OLD_SAMPLE_S,
        latency=_latency(board),
        hand=words,
        is_output_off=is_off,
    )


def age_words(age_s: float) -> str:
    """Return an age with its unit, short."""
    if age_s < 1:
        return f"{age_s * 1000:.0f} ms"
    if age_s < 120:
        return f"{age_s:.0f} s"
    return f"{age_s / 60:.0f} min"


def clock_words(seconds: float) -> str:
    """Return a duration as a clock, ``mm:ss`` or ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _state(board: Board, processes: list[str]) -> tuple[str, Tone]:
    silent = [name for name in processes if board.is_stale(name)]
    if silent and len(silent) == len(processes):
        return "NOT RUNNING: start the processes", "danger"
    if silent:
        return f"DEGRADED: no word from {_names(silent)}", "danger"
    healths = {name: board.health(name) for name in processes}
    states = {name: str(h.document.get("state")) for name, h in healths.items() if h is not None}
    bad = [name for name, state in states.items() if state not in ("READY", "RUNNING")]
    if bad:
        return f"DEGRADED: look at {_names(bad)}", "warn"
    return "RUNNING", "ok"


def _names(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _recording(polled: Polled) -> tuple[str, bool]:
    status: Any = polled.value
    if status is None or polled.age_s > STALE_POLL_S:
        return "recorder does not answer", False
    if status.recording:
        return f"rec {clock_words(status.elapsed_s)}", True
    return "saving the last take" if status.finishing else "not recording", False


def _hand(polled: Polled) -> tuple[str, bool]:
    status: Any = polled.value
    if status is None or polled.age_s > STALE_POLL_S:
        return "hand unknown", False
    if not status.connected:
        return "no hand", not status.output_enabled
    if not status.output_enabled:
        return "hand held at rest", True
    return ("hand follows" if status.pose_reason != "rest" else "hand at rest"), False


def _latency(board: Board) -> str:
    health = board.health("vhi-bridge")
    summary = {} if health is None else health.document.get("latency", {}).get("emg_to_pose", {})
    if health is None or health.is_stale or not summary.get("n"):
        return "to hand -"
    return f"to hand {summary['p50_ms']:.1f} / {summary['p99_ms']:.1f} ms"
