"""Decide which hand is launched and how, from facts alone.

Source: contracts/vhi.md 6.2. Unlike MyoGestic, no folder of its own checkout is looked at, and
where nothing is installed there is still a hand to run: the stand-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import Problem, RequestError, SettingsError

__all__ = [
    "BINARIES",
    "MODES",
    "HandChoice",
    "HandFacts",
    "binary_name",
    "choose_hand",
    "hand_root",
]

MODES = ("auto", "binary", "godot")

BINARIES = {
    "Linux": "VHI.x86_64",
    "Windows": "VHI.exe",
    "Darwin": "VHI.app/Contents/MacOS/Virtual Hand Interface",
}
"""Name of the operating system, as Python's ``platform.system`` says it -> program in the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandFacts:
    """What the decision rests on.

    Attributes:
        root: The one folder that is looked at, absolute.
        binary: Where the program would be in it.
        mode: ``VHI_LAUNCH_MODE``, or ``auto``.
        has_binary: Whether the program is there and may run.
        has_project: Whether the root is a Godot project.
        godot: The Godot program; None where there is none.
        chosen_godot: ``GODOT_BIN``; empty where it is not set.
    """

    root: Path
    binary: Path
    mode: str = "auto"
    has_binary: bool = False
    has_project: bool = False
    godot: Path | None = None
    chosen_godot: str = ""


@dataclass(frozen=True, slots=True)
class HandChoice:
    """What is launched.

    Attributes:
        argv: Program (absolute) and arguments; empty for the stand-in of the rig.
        why: In words.
    """

    argv: tuple[str, ...]
    why: str


def binary_name(system: str) -> str:
    """Return where the VHI's program is in its folder.

    Raises:
        RequestError: There is no VHI for this system.
    """
    if system not in BINARIES:
        raise RequestError(
            f"expected one of {', '.join(BINARIES)}, got {system or 'an unknown system'}, "
            "for which there is no VHI; use emgrig-virtual-hand"
        )
    return BINARIES[system]


def hand_root(variables: Mapping[str, str], system: str, home: Path) -> Path:
    """Return the folder of the VHI: ``VHI_PATH``, or where MyoGestic's installer puts it.

    Source: contracts/vhi.md 6.2; platformdirs, ``user_data_dir``, whose Windows path has the
    author's folder, named like the program, above the program's.
    """
    chosen = variables.get("VHI_PATH")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if system == "Windows":
        local = Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return local / "myogestic" / "myogestic" / "vhi"
    if system == "Darwin":
        return home / "Library" / "Application Support" / "myogestic" / "vhi"
    share = variables.get("XDG_DATA_HOME", "").strip()
    data = Path(share).expanduser() if share else home / ".local" / "share"
    return data.absolute() / "myogestic" / "vhi"


def choose_hand(facts: HandFacts) -> HandChoice:
    """Return what is launched.

    Raises:
        SettingsError: ``VHI_LAUNCH_MODE`` or ``GODOT_BIN`` ask for what is not there.
    """
    if facts.mode not in MODES:
        raise _refusal("VHI_LAUNCH_MODE", f"one of {', '.join(MODES)}", repr(facts.mode))
    is_source = facts.has_project and (bool(facts.chosen_godot) or not facts.has_binary)
    if facts.mode == "godot" or (facts.mode == "auto" and is_source):
        return _from_source(facts)
    if facts.has_binary:
        return HandChoice((str(facts.binary),), f"the VHI that is installed in {facts.root}")
    if facts.mode == "binary":
        raise _refusal("VHI_LAUNCH_MODE", f"an executable {facts.binary}", "none")
    return HandChoice((), f"{facts.root} has no VHI, so the stand-in virtual-hand runs")


def _from_source(facts: HandFacts) -> HandChoice:
    if facts.chosen_godot and facts.godot is None:
        raise _refusal("GODOT_BIN", "an executable Godot 4", facts.chosen_godot)
    if facts.has_project and facts.godot is not None:
        argv = (str(facts.godot), "--path", str(facts.root))
        return HandChoice(argv, f"the VHI's source project in {facts.root}, run by Godot")
    missing = "Godot 4 in GODOT_BIN or on PATH" if facts.has_project else "a project.godot"
    if facts.mode == "godot":
        raise _refusal("VHI_LAUNCH_MODE=godot", f"{missing} for {facts.root}", "none")
    return HandChoice((), f"{facts.root} has no {missing}, so the stand-in virtual-hand runs")


def _refusal(where: str, expected: str, got: str) -> SettingsError:
    remedy = "correct or unset it, or install one with emgrig vhi install"
    return SettingsError(Problem(where, f"expected {expected}, got {got}", remedy))
