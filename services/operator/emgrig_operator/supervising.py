"""Start, watch and stop supervisord and, through it, every process of the rig."""

import hashlib
import http.client
import os
import socket
import subprocess
import tempfile
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from emgrig.config import Rig
from emgrig.errors import PeerError, PeerLostError, RequestError
from supervisor.xmlrpc import SupervisorTransport

from emgrig_operator.locating import operator_settings
from emgrig_operator.spawning import Guard, spawn, spawn_environment

__all__ = ["Program", "Supervisor", "busy_addresses"]

MAX_SOCKET_PATH = 90
"""Unix limits a socket's path to 107 bytes; supervisor appends a suffix while it makes it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program as supervisor sees it.

    Attributes:
        name: Process name, or ``vhi``.
        state: supervisor's word: RUNNING, BACKOFF, FATAL ...
        pid: 0 when it does not run.
        exit_code: Of its last end.
        words: supervisor's description.
    """

    name: str
    state: str
    pid: int
    exit_code: int
    words: str

    @property
    def is_wanted(self) -> bool:
        """False for a program that this rig does without: it was never started."""
        return self.words != "Not started"

    @property
    def has_failed(self) -> bool:
        """Whether it needs a person: supervisor gave up, or its configuration is wrong."""
        is_refused = self.state in {"BACKOFF", "EXITED"} and self.exit_code == 2
        # After any other exit code EXITED is the moment before the next start.
        is_over = self.state == "EXITED" and self.exit_code == 0
        return is_refused or is_over or self.state == "FATAL"


class Supervisor:
    """The supervisord of one rig, found by its socket in the rig's run folder.

    Args:
        rig: Whose processes they are.
        environment: Variables that every process gets besides ours.
    """

    def __init__(self, rig: Rig, environment: Mapping[str, str] | None = None) -> None:
        self.rig = rig
        self.environment = dict(environment or {})
        self.run_dir = rig.data_dir / "run"
        self.socket = _socket_path(self.run_dir)
        self._guard: Guard | None = None

    def is_running(self) -> bool:
        """Whether supervisord answers."""
        try:
            self.pid()
        except PeerError:
            return False
        return True

    def pid(self) -> int:
        """Return supervisord's process id.

        Raises:
            PeerLostError: It does not answer.
        """
        return int(str(self._call("getPID")))

    def programs(self) -> list[Program]:
        """Return every program that this rig uses.

        Raises:
            PeerLostError: supervisord does not answer.
        """
        rows = self._call("getAllProcessInfo")
        if not isinstance(rows, list):
            raise PeerError(f"expected a list of programs of supervisord, got {rows!r:.80}")
        programs = [
            Program(row["name"], row["statename"], row["pid"], row["exitstatus"], _words(row))
            for row in rows
        ]
        return [program for program in programs if program.is_wanted]

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

    def log_tail(self, name: str, n_lines: int = 12) -> str:
        """Return the end of what a program printed, or of supervisord's own words."""
        path = self.run_dir / f"{name}.log"
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return f"(no log in {path})"
        return "\n".join(lines[-n_lines:])

    def _call(self, method: str) -> object:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise PeerLostError(
                f"expected the rig's supervisord on {self.socket}, got: {error}; "
                "start the rig with emgrig up"
            ) from error
        finally:
            transport.close()


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
    if address.startswith(("ipc://", "unix:")):
        return True  # a path is taken over by the process that binds it
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def _socket_path(run_dir: Path) -> Path:
    """In the run folder, or in a short private folder where that path would be too long."""
    path = run_dir / "supervisor.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"emgrig-{os.getuid()}-{digest}" / "supervisor.sock"


def _require_ours(folder: Path) -> None:
    """Whoever owns the folder of the socket can stop the rig, or pretend to be it."""
    if folder.stat().st_uid != os.getuid():
        raise RequestError(f"expected a folder of ours, got {folder} of another user; remove it")


def _words(row: Mapping[str, object]) -> str:
    return str(row["spawnerr"] or row["description"])
