"""A whole rig with its page: what people click on."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from emgrig.config import Rig
from emgrig.runtime.supervision import Program, Supervisor
from emgrig.testing import make_rig, wait_until

from tests.integration.operator_commands import emgrig

type Tables = Mapping[str, Mapping[str, Any]]


class ConsoleRig:
    """A rig that is up.

    Attributes:
        rig: Its rig.toml.
        supervisor: Who runs it.
        url: Its page.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.supervisor = Supervisor(rig)
        self.url = f"http://127.0.0.1:{rig.tables['console']['port']}"

    def program(self, name: str) -> Program:
        return next(p for p in self.supervisor.programs() if p.name == name)

    def kill(self, name: str) -> None:
        """End a process at once, as a fault would."""
        psutil.Process(self.program(name).pid).kill()

    def stop(self, name: str) -> None:
        """Stop a process as a person does."""
        if self.program(name).state == "RUNNING":
            self.supervisor.stop_program(name)

    def start(self, name: str) -> None:
        """Start a process that was stopped."""
        if self.program(name).state != "RUNNING":
            self.supervisor.start_program(name)
        wait_until(lambda: self.program(name).state == "RUNNING", 20)


def write_rig(folder: Path, tables: Tables | None = None) -> Rig:
    """Write the rig.toml of a rig with a page; its streams are nobody else's."""
    tag = secrets.token_hex(4)
    pose, control, predict = (f"{name}-{tag}" for name in ("Output", "Control", "Predict"))
    document: dict[str, dict[str, Any]] = {
        "rig": {"name": "bench", "classes": ["Rest", "Fist"]},
        "operator": {"use_console": True},
        "emg-generator": {"stream_name": f"Generator-{tag}", "control_stream": f"Cue-{tag}"},
        "emg-acquirer": {"stream_name": f"Generator-{tag}"},
        "vhi-bridge": {
            "pose_stream": pose,
            "control_readback": control,
            "predict_readback": predict,
            "cue_stream": f"Cue-{tag}",
        },
        "virtual-hand": {
            "output_stream": pose,
            "control_stream": control,
            "predict_stream": predict,
            "movements_file": str(folder / "movements.toml"),
        },
    }
    for table, keys in (tables or {}).items():
        document.setdefault(table, {}).update(keys)
    return make_rig(folder, document)


@contextmanager
def console_rig(folder: Path, tables: Tables | None = None) -> Iterator[ConsoleRig]:
    """Run a whole rig with its page while the block runs; nothing of it is left afterwards."""
    rig = write_rig(folder, tables)
    try:
        done = emgrig("up", "--config", rig.path)
        assert done.returncode == 0, done.stderr
        yield ConsoleRig(rig)
    finally:
        done = emgrig("down", "--config", rig.path, "--json")
        assert json.loads(done.stdout.splitlines()[-1])["killed"] == [], done.stdout
