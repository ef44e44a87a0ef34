"""Find what belongs to a rig: its rig.toml, its programs, its hand."""

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from emgrig.config import Rig, load_rig
from emgrig.control import RigClient
from emgrig.errors import Problem, SettingsError

from emgrig_operator.choosing_hand import BINARIES, HandChoice, HandFacts, choose_hand, hand_root
from emgrig_operator.config import OperatorSettings

__all__ = [
    "connect",
    "deploy_folder",
    "find_hand",
    "find_rig",
    "operator_settings",
    "programs_folder",
]

MAC_GODOT = "/Applications/Godot.app/Contents/MacOS/Godot"
"""Where Godot's own disk image puts it."""


def deploy_folder() -> Path:
    """Return ``deploy/`` of this checkout."""
    return Path(__file__).resolve().parents[3] / "deploy"


def find_rig(path: Path | None) -> Rig:
    """Read the rig.toml that a command is about.

    Args:
        path: ``--config``; None for rig.toml here, deploy/rig.toml here, or the checkout's.

    Raises:
        SettingsError: There is none, or it is wrong.
    """
    if path is not None:
        return load_rig(path)
    places = [Path("rig.toml"), Path("deploy/rig.toml"), deploy_folder() / "rig.toml"]
    for place in places:
        if place.is_file():
            return load_rig(place)
    looked = ", ".join(str(place) for place in places)
    raise SettingsError(
        Problem("rig.toml", f"expected one of {looked}, got none", "name it with --config")
    )


def operator_settings(rig: Rig) -> OperatorSettings:
    """Return the table ``[operator]``.

    Raises:
        SettingsError: With every problem of the table.
    """
    return rig.settings("operator", OperatorSettings)


def connect(rig: Rig) -> RigClient:
    """Return connections to a rig's processes, with the deadline of ``[operator]``."""
    return RigClient(rig, operator_settings(rig).call_deadline_s)


def programs_folder() -> Path:
    """Return the folder of the environment's programs: that of the running Python."""
    return Path(sys.executable).parent


def find_hand(variables: Mapping[str, str] = os.environ) -> HandChoice:
    """Return the hand that the rig launches: the VHI's program, its source, or the stand-in.

    Raises:
        SettingsError: ``VHI_LAUNCH_MODE`` or ``GODOT_BIN`` ask for what is not there.
    """
    system = platform.system()
    root = hand_root(variables, system, Path.home())
    binary = root / BINARIES.get(system, "VHI")
    chosen = variables.get("GODOT_BIN", "")
    facts = HandFacts(
        root=root,
        binary=binary,
        mode=variables.get("VHI_LAUNCH_MODE") or "auto",
        has_binary=binary.is_file() and os.access(binary, os.X_OK),
        has_project=(root / "project.godot").is_file(),
        godot=_find_godot(chosen, variables),
        chosen_godot=chosen,
    )
    return choose_hand(facts)


def _find_godot(chosen: str, variables: Mapping[str, str]) -> Path | None:
    """Return the Godot program, absolute. Source: contracts/vhi.md 6.2."""
    names = [str(Path(chosen).expanduser())] if chosen else ["godot4", "godot", MAC_GODOT]
    for name in names:
        found = shutil.which(name, path=variables.get("PATH"))
        if found:
            return Path(found).absolute()
    return None
