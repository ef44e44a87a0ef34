"""The processes in words: decides, shows nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from emgrig.runtime.standing import still_words
from emgrig.runtime.supervision import FROZEN, Program

from emgrig_console.polling import Polled
from emgrig_console.sightings import Health
from emgrig_console.summary import ENDED, Tone, age_words, clock_words
from emgrig_console.usage import HEARD, Usage

__all__ = [
    "ProcessRow",
    "Trouble",
    "describe",
    "hand_words",
    "returns_words",
    "troubles_of",
    "troubles_together",
]

SINCE = re.compile(r" \(since [^)]*\)$")
MARKS: Mapping[Tone, str] = {"ok": "●", "warn": "▲", "danger": "✕", "stale": "○"}


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of the panel.

    Attributes:
        name: Program.
        mark: A shape for the state: it stands beside the colour.
        state: In one or two words.
        detail: The state in full.
        tone: Its colour.
        up: Time since its start, as a clock.
        cpu: Per cent of one core.
        memory: Megabytes.
        can_start: Whether starting it makes sense now.
        can_stop: Whether it runs.
    """

    name: str
    mark: str
    state: str
    detail: str
    tone: Tone
    up: str
    cpu: str
    memory: str
    can_start: bool
    can_stop: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something outside of processes that is wrong.

    Attributes:
        processes: Who say so.
        words: What it is.
        remedy: What happens, and what to do.
    """

    processes: tuple[str, ...]
    words: str
    remedy: str


def describe(
    program: Program, health: Health | None, usage: Usage | None = None, *, is_known: bool = True
) -> ProcessRow:
    """Say how a program is.

    Args:
        program: As supervisor saw it last.
        health: Its own words; None where it never spoke (a VHI never does).
        usage: What is seen of a program that never speaks.
        is_known: Whether supervisor answers.
    """
    has_ended = program.state in ENDED
    state, detail, tone = _state(program, health)
    if not is_known:
        state, detail, tone = "not known", "The rig's supervisor does not answer.", "stale"
    up, cpu, memory = _numbers(program, health, usage) if is_known else ("", "", "")
    return ProcessRow(
        name=program.name,
        mark=MARKS[tone],
        state=state,
        detail=detail or state,
        tone=tone,
        up=up,
        cpu=cpu,
        memory=memory,
        can_start=is_known and has_ended,
        can_stop=is_known and not has_ended,
    )


def troubles_of(program: Program, health: Health | None) -> Mapping[str, Any]:
    """Return what a process says is wrong; nothing where it is not there to say so."""
    if health is None or health.is_stale or program.state != "RUNNING":
        return {}
    return health.table("troubles")


def troubles_together(troubles: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Trouble]:
    """Return every cause once, with all who suffer from it.

    Args:
        troubles: Process, and its troubles by key.
    """
    who: dict[str, list[str]] = {}
    for process, own in troubles:
        for text in own.values():
            who.setdefault(SINCE.sub("", str(text)), []).append(process)
    lines = []
    for text, processes in who.items():
        words, _, remedy = text.partition("; ")
        lines.append(Trouble(tuple(processes), words, remedy))
    return lines


def returns_words(returns: Mapping[str, int]) -> str:
    """Say which processes started again since this console watches; empty for none."""
    words = [f"{name} {n} time{'' if n == 1 else 's'}" for name, n in returns.items() if n]
    return f"Started again: {', '.join(words)}" if words else ""


def hand_words(polled: Polled) -> str:
    """Say which hand is there.

    Args:
        polled: ``HandStatus``.
    """
    hand: Any = polled.value
    if hand is None:
        return "Hand: not known yet"
    if not polled.is_live:
        return f"Hand: not known, vhi-bridge was heard {age_words(polled.age_s)} ago"
    if not hand.connected:
        return "Hand: none found; start virtual-hand or the VHI"
    generation = {"v1": "first generation (v1)", "v2": "second generation (v2)"}
    return f"Hand: {generation.get(hand.protocol, hand.protocol)}"


def _state(program: Program, health: Health | None) -> tuple[str, str, Tone]:
    if program.has_failed:
        return "gave up", f"gave up: {program.words}", "danger"
    if program.state in ENDED:
        return "stopped", "", "stale"
    if program.state == FROZEN:
        return "frozen", still_words(program.name, program.pid), "danger"
    if program.state != "RUNNING":
        return program.state.lower(), "", "warn"
    if health is None and program.name in HEARD:
        return "not heard", "It has not said a word yet.", "warn"
    if health is None:
        return "running", "It says nothing of itself.", "ok"
    if health.is_stale:
        return f"silent {age_words(health.age_s)}", "", "danger"
    own = health.words("state")
    return own.lower() or "unclear", "", "ok" if own in ("RUNNING", "READY") else "warn"


def _numbers(program: Program, health: Health | None, usage: Usage | None) -> tuple[str, str, str]:
    if program.state in ENDED:
        return "", "", ""
    up = clock_words(program.up_s)
    if usage is not None:
        return up, _whole(usage.cpu_percent), _whole(usage.rss_mb)
    # What it said before it went away is not about the one that starts now.
    if health is None or health.is_stale or program.state != "RUNNING":
        return up, "", ""
    return up, _whole(health.number("cpu_percent")), _whole(health.number("rss_mb"))


def _whole(value: float) -> str:
    return "" if isnan(value) else f"{value:.0f}"
