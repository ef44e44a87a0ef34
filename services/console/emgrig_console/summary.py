"""The header in words: decides, shows nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

from emgrig.runtime.supervision import FROZEN, Program

from emgrig_console.board import Board
from emgrig_console.polling import Polled
from emgrig_console.sightings import TopicRow

__all__ = ["ENDED", "Summary", "Tone", "age_words", "clock_words", "summarise"]

type Tone = str
"""``ok``, ``warn``, ``danger`` or ``stale``: a colour that never stands alone."""

ENDED = frozenset({"STOPPED", "EXITED", "FATAL"})
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
        latency: Sample to hand, p50 and p99; that nothing is predicted where nothing is.
        hand: What the hand does, or why that is not known.
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


def summarise(
    board: Board,
    processes: Sequence[str],
    *,
    programs: Polled,
    recording: Polled,
    hand: Polled,
) -> Summary:
    """Say how the rig is.

    Args:
        board: What the bus said.
        processes: Those that must run.
        programs: supervisor's answer.
        recording: The recorder's answer.
        hand: The bridge's answer.
    """
    state, tone = _state(board, processes, programs.value if programs.is_live else ())
    clock, is_recording = _recording(recording)
    emg = board.newest("chunk/emg")
    sample, age_s = _sample(emg)
    words, is_off = _hand(hand)
    return Summary(
        state=state,
        tone=tone,
        recording=clock,
        is_recording=is_recording,
        sample=sample,
        is_sample_old=age_s > OLD_SAMPLE_S,
        latency=_latency(board),
        hand=words,
        is_output_off=is_off,
    )


def _sample(emg: TopicRow | None) -> tuple[str, float]:
    if emg is None:
        return "no sample yet", inf
    if isnan(emg.lag_s):
        # Its time is by the clock of another host; when it came is by ours.
        return f"sample came {age_words(emg.age_s)} ago", emg.age_s
    age_s = emg.age_s + emg.lag_s
    return f"sample {age_words(age_s)} old", age_s


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


def _state(board: Board, processes: Sequence[str], programs: Sequence[Program]) -> tuple[str, Tone]:
    # Who is not there is the cause; whoever misses it is not named.
    seen = {p.name: p.state for p in programs if p.state != "RUNNING"}
    frozen = [name for name in processes if seen.get(name) == FROZEN]
    absent = [name for name in processes if name in seen and name not in frozen]
    silent = [name for name in processes if name not in seen and board.is_stale(name)]
    if len(absent) + len(silent) == len(processes):
        return "NOT RUNNING: start the processes", "danger"
    if absent:
        what = "stopped" if all(seen[name] in ENDED for name in absent) else "starting again"
        return f"DEGRADED: {_names(absent)} {what}", "danger"
    if frozen:
        return f"DEGRADED: {_names(frozen)} frozen", "danger"
    if silent:
        return f"DEGRADED: no word from {_names(silent)}", "danger"
    healths = {name: board.health(name) for name in processes}
    states = {name: h.words("state") for name, h in healths.items() if h is not None}
    bad = [name for name, state in states.items() if state not in ("READY", "RUNNING")]
    if bad:
        return f"DEGRADED: look at {_names(bad)}", "warn"
    return "RUNNING", "ok"


def _names(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _recording(polled: Polled) -> tuple[str, bool]:
    status: Any = polled.value
    if not polled.is_live:
        return "recorder does not answer", False
    if status.recording:
        return f"rec {clock_words(status.elapsed_s)} {status.take_name}".strip(), True
    return "saving the last take" if status.finishing else "not recording", False


def _hand(polled: Polled) -> tuple[str, bool]:
    status: Any = polled.value
    if not polled.is_live:
        return "hand unknown", False
    if not status.connected:
        return "no hand", not status.output_enabled
    if not status.output_enabled:
        return "hand held at rest", True
    return ("hand follows" if status.pose_reason != "rest" else "hand at rest"), False


def _latency(board: Board) -> str:
    health, predictions = board.health("vhi-bridge"), board.newest("prediction/hand")
    is_live = predictions is not None and predictions.age_s <= OLD_SAMPLE_S
    if health is None or health.is_stale or not is_live:
        return "nothing predicted"
    p50, p99 = (health.number("latency", "emg_to_pose", key) for key in ("p50_ms", "p99_ms"))
    if not health.number("latency", "emg_to_pose", "n") > 0:
        return "nothing predicted"
    return f"sample to hand p50 {p50:.1f} ms, p99 {p99:.1f} ms"
