"""Run the command line as a person does."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emgrig.config import Rig
from emgrig.control import hand_pb2
from emgrig_operator.locating import connect

ROOT = Path(__file__).parents[2]


def emgrig(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        command_line(*arguments),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | dict(environment or {}),
    )


def command_line(*arguments: str | Path) -> list[str]:
    """Return the words that run a command of the operator with this Python."""
    return [sys.executable, "-m", "emgrig_operator", *map(str, arguments)]


def document_of(*arguments: str | Path) -> dict[str, Any]:
    """Run a command that must succeed and return its JSON object."""
    done = emgrig(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def is_hand_there(rig: Rig) -> bool:
    """Ask without a command, which takes most of a second to start."""
    with connect(rig) as client:
        request = hand_pb2.GetHandRequest()
        return bool(client.call("vhi-bridge", "Hand.GetHand", request).connected)
