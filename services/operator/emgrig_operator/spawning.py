"""Start supervisord so that nothing of it outlives what it should not."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from emgrig.config import Rig

from emgrig_operator.locating import (
    deploy_folder,
    find_hand,
    operator_settings,
    programs_folder,
)

__all__ = ["Guard", "spawn", "spawn_environment"]


class Guard:
    """A pipe to `emgrig_operator.lifeline`: a start that is killed before its end leaves nothing.

    Attributes:
        read_fd: The end that the started program inherits.
    """

    def __init__(self) -> None:
        self.read_fd, self._write_fd = os.pipe()

    def release(self) -> None:
        """Let the program live without us."""
        try:
            os.write(self._write_fd, b"\n")
        except BrokenPipeError:
            return  # it has ended already
        finally:
            os.close(self._write_fd)


def spawn(variables: Mapping[str, str], log: Path, guard: Guard | None) -> subprocess.Popen[bytes]:
    """Start supervisord in a session of its own: Ctrl-C at the terminal is not for the rig.

    Args:
        variables: Its environment.
        log: File of what it prints.
        guard: Until it is released, supervisord ends with us; None for all its life.
    """
    flags = ["--parent", *([] if guard is None else ["--guard", str(guard.read_fd)])]
    program = [
        *(sys.executable, "-m", "emgrig_operator.lifeline", *flags),
        *(str(programs_folder() / "supervisord"), "-c", str(deploy_folder() / "supervisord.conf")),
    ]
    with log.open("wb") as output:
        try:
            return subprocess.Popen(
                program,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=variables,
                pass_fds=[] if guard is None else [guard.read_fd],
                start_new_session=True,
            )
        finally:
            if guard is not None:
                os.close(guard.read_fd)


def spawn_environment(
    rig: Rig, others: Mapping[str, str], run_dir: Path, socket: Path
) -> Mapping[str, str]:
    """Return what deploy/supervisord.conf asks for, besides our own variables and others."""
    hand = find_hand()
    uses = {
        "GENERATOR": operator_settings(rig).use_generator,
        "CONSOLE": operator_settings(rig).use_console,
        "SECOND_ACQUIRER": "emg-acquirer-2" in rig.processes,
        "VIRTUAL_HAND": not hand.argv,
        "VHI": bool(hand.argv),
    }
    return (os.environ | dict(others)) | {
        "EMGRIG_CONFIG": str(rig.path),
        "EMGRIG_RUN": str(run_dir),
        "EMGRIG_SOCKET": str(socket),
        "EMGRIG_BIN": str(programs_folder()),
        "EMGRIG_VHI": shlex.join(hand.argv or ["no-vhi-is-installed"]),
        **{f"EMGRIG_USE_{name}": str(is_used).lower() for name, is_used in uses.items()},
    }
