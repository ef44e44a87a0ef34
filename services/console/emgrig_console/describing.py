"""The processes in words: decides, shows nothing."""

from dataclasses import dataclass
from typing import Any

from emgrig.runtime.supervision import Program

from emgrig_console.sightings import Health
from emgrig_console.summary import Tone, age_words, clock_words

__all__ = ["ProcessRow", "describe", "hand_words"]

ENDED = frozenset({"STOPPED", "EXITED", "FATAL"})


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of the panel.

    Attributes:
        name: Program.
        mark: A shape for the state: it stands beside the colour.
        state: In words.
        tone: Its colour.
        numbers: Up-time, CPU and memory.
        troubles: What is wrong, one line each.
        can_start: Whether starting it makes sense now.
        can_stop: Whether it runs.
    """

    name: str
    mark: str
    state: str
    tone: Tone
    numbers: str
    troubles: tuple[str, ...]
    can_start: bool
    can_stop: bool


def describe(program: Program, health: Health | None, n_restarts: int) -> ProcessRow:
    """Say how a program is.

    Args:
        program: As supervisor sees it.
        health: Its own words; None where it never spoke (a VHI never does).
        n_restarts: How often it came back since this console watches.
    """
    has_ended = program.state in ENDED
    own = "" if health is None else str(health.document.get("state", ""))
    state, tone, mark = _state(program, health, own)
    restarts = f"  came back {n_restarts}x" if n_restarts else ""
    troubles = {} if health is None or has_ended else health.document.get("troubles", {})
    return ProcessRow(
        name=program.name,
        mark=mark,
        state=state,
        tone=tone,
        numbers="" if has_ended else _numbers(program, health) + restarts,
        troubles=tuple(f"{key}: {text}" for key, text in troubles.items()),
        can_start=has_ended,
        can_stop=not has_ended,
    )


def hand_words(hand: Any) -> str:
    """Say which hand is there.

    Args:
        hand: ``HandStatus``, or None while nobody answered.
    """
    if hand is None:
        return "Hand: not known yet"
    if not hand.connected:
        return "Hand: none found; start virtual-hand or the VHI"
    generation = {"v1": "first generation (v1)", "v2": "second generation (v2)"}
    return f"Hand: {generation.get(hand.protocol, hand.protocol)}"


def _state(program: Program, health: Health | None, own: str) -> tuple[str, Tone, str]:
    if program.state == "FATAL" or program.has_failed:
        return f"gave up: {program.words}", "danger", "x"
    if program.state in ENDED:
        return "stopped", "stale", "-"
    if program.state != "RUNNING":
        return program.state.lower(), "warn", "~"
    if health is None:
        return "runs", "ok", "o"
    if health.is_stale:
        return f"silent for {age_words(health.age_s)}", "danger", "!"
    if own in ("RUNNING", "READY"):
        return own.lower(), "ok", "o"
    return own.lower(), "warn", "!"


def _numbers(program: Program, health: Health | None) -> str:
    # What it said before it went away is not about the one that starts now.
    if health is None or health.is_stale or program.state != "RUNNING":
        return f"up {clock_words(program.up_s)}"
    document = health.document
    return (
        f"up {clock_words(document['uptime_s'])}  "
        f"{document['cpu_percent']:.0f} %  {document['rss_mb']:.0f} MB"
    )
