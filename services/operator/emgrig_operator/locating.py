"""Find what belongs to a rig: its rig.toml, its programs, its hand."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from emgrig.config import Rig, load_rig
from emgrig.errors import Problem, SettingsError

from emgrig_operator.config import OperatorSettings

__all__ = ["deploy_folder", "find_hand", "find_rig", "operator_settings", "programs_folder"]

HAND_BINARY = "VHI.x86_64"
"""Source: contracts/vhi.md 6.2."""


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
        [Problem("rig.toml", f"expected one of {looked}, got none", "name it with --config")]
    )


def operator_settings(rig: Rig) -> OperatorSettings:
    """Return the table ``[operator]``.

    Raises:
        SettingsError: With every problem of the table.
    """
    return rig.settings("operator", OperatorSettings)


def programs_folder() -> Path:
    """Return the folder of the environment's programs: that of the running Python."""
    return Path(sys.executable).parent


def find_hand(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the VHI program, or None where the stand-in takes its place.

    ``VHI_PATH`` chooses the folder; else it is where MyoGestic's installer puts it.
    Source: contracts/vhi.md 6.2.
    """
    chosen = environment.get("VHI_PATH")
    if chosen:
        folder = Path(chosen).expanduser()
    else:
        share = environment.get("XDG_DATA_HOME") or "~/.local/share"
        folder = Path(share).expanduser() / "myogestic" / "vhi"
    binary = folder / HAND_BINARY
    return binary if os.access(binary, os.X_OK) and binary.is_file() else None
