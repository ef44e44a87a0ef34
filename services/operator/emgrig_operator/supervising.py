"""Start and stop supervisord and, through it, every process of the rig."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psutil
from emgrig.config import Rig
from emgrig.errors import RequestError
from emgrig.runtime.apart import is_port_free
from emgrig.runtime.supervision import Supervisor

from emgrig_operator.locating import operator_settings
from emgrig_operator.spawning import Guard, spawn, spawn_environment

__all__ = ["Launcher", "busy_addresses"]


class Launcher(Supervisor):
    """The supervisord of one rig, and who starts and stops it.

    Args:
        rig: Whose processes they are.
        environment: Variables that every process gets besides ours.
    """

    def __init__(self, rig: Rig, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(rig)
        self.environment = dict(environment or {})
        self._guard: Guard | None = None

    def start(self, *, dies_with_us: bool = False) -> subprocess.Popen[bytes]:
        """Start supervisord, which starts the programs.

        Args:
            dies_with_us: Whether it ends when this process ends.

        Raises:
            RequestError: This rig runs already, or its addresses are in use.
        """
        if self.is_running():
            raise RequestError(
                f"expected no running rig in {self.run_dir}, got supervisord {self.pid()}; "
                "stop it with emgrig down, or give this one another data_dir"
            )
        busy = busy_addresses(self.rig)
        if busy:
            raise RequestError(
                f"expected free addresses for a second rig, got {', '.join(busy)} in use; "
                f"stop what uses them, or change them in {self.rig.path}"
            )
        for folder in (self.run_dir, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_ours(folder)
        self._guard = None if dies_with_us else Guard()
        variables = spawn_environment(self.rig, self.environment, self.run_dir, self.socket)
        return spawn(variables, self.run_dir / "supervisord-start.log", self._guard)

    def release(self) -> None:
        """Say that the start is done: from now on the rig lives without us; twice is harmless."""
        if self._guard is not None:
            self._guard.release()
            self._guard = None

    def shut_down(self) -> list[str]:
        """Stop every program in order, then supervisord; returns who had to be killed.

        Raises:
            PeerLostError: supervisord does not answer.
        """
        limit_s = operator_settings(self.rig).stop_deadline_s
        root = psutil.Process(self.pid())
        family = [root, *root.children(recursive=True)]
        self._call("shutdown")
        _, alive = psutil.wait_procs(family, timeout=limit_s)
        left = [f"{process.pid}" for process in alive]
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)
        return left


def busy_addresses(rig: Rig) -> list[str]:
    """Return the addresses of the rig on which somebody listens already."""
    busy = []
    for name in rig.processes:
        endpoints = rig.endpoints(name)
        for key in ("publish", "replay", "control"):
            address = getattr(endpoints, key)
            if address and not _is_free(address):
                busy.append(f"{address} ([{name}] {key})")
    return busy


def _is_free(address: str) -> bool:
    """Tell whether nobody listens on ``host:port``, with or without a scheme."""
    if address.startswith(("ipc://", "unix:")):
        return True  # a path is taken over by the process that binds it
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    return is_port_free(host, int(port))


def _require_ours(folder: Path) -> None:
    """Whoever owns the folder of the socket can stop the rig, or pretend to be it."""
    if folder.stat().st_uid != os.getuid():
        raise RequestError(f"expected a folder of ours, got {folder} of another user; remove it")
