"""supervisor's own plane: which programs run, and starting and stopping one of them."""

import hashlib
import http.client
import os
import socket
import tempfile
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from supervisor.xmlrpc import Faults, SupervisorTransport

from emgrig.config import Rig
from emgrig.errors import PeerError, PeerLostError, RequestError
from emgrig.runtime.standing import stands_still

__all__ = ["FROZEN", "Program", "Supervisor"]

FROZEN = "FROZEN"
"""State of a program that runs and is held by a signal: for supervisor it only runs."""

ANSWER_S = 10.0
"""supervisord answers a question in milliseconds; on a machine that is busy, later."""

DEED_S = 60.0
"""Starting waits for startsecs, stopping for stopwaitsecs and then for a kill."""

MAX_SOCKET_PATH = 90
"""Unix limits a socket's path to 107 bytes; supervisor appends a suffix while it makes it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program as supervisor sees it.

    Attributes:
        name: Process name, or ``vhi``.
        state: supervisor's word: RUNNING, BACKOFF, FATAL ...; `FROZEN` where that would be RUNNING.
        pid: 0 when it does not run.
        exit_code: Of its last end.
        words: supervisor's description.
        up_s: Seconds since it was started; 0 when it does not run.
    """

    name: str
    state: str
    pid: int
    exit_code: int
    words: str
    up_s: float = 0.0

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
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.run_dir = rig.data_dir / "run"
        self.socket = _socket_path(self.run_dir)

    def is_running(self) -> bool:
        """Whether supervisord answers.

        Raises:
            PeerLostError: It is there and stands still.
        """
        try:
            self.pid()
        except PeerLostError as error:
            if isinstance(error.__cause__, TimeoutError):
                raise
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
            Program(
                row["name"],
                FROZEN if row["pid"] and stands_still(row["pid"]) else row["statename"],
                row["pid"],
                row["exitstatus"],
                _words(row),
                max(0.0, row["now"] - row["start"]) if row["pid"] else 0.0,
            )
            for row in rows
        ]
        return [program for program in programs if program.is_wanted]

    def start_program(self, name: str) -> None:
        """Start a program and wait until it runs; one that runs already stays.

        Raises:
            RequestError: There is no such program, or it does not start.
            PeerLostError: supervisord does not answer.
        """
        self._command("startProcess", name, Faults.ALREADY_STARTED)

    def stop_program(self, name: str) -> None:
        """Stop a program and wait until it has ended; one that does not run is left so.

        Raises:
            RequestError: There is no such program.
            PeerLostError: supervisord does not answer.
        """
        self._command("stopProcess", name, Faults.NOT_RUNNING)

    def restart_program(self, name: str) -> None:
        """Stop a program and start it again.

        Raises:
            RequestError: There is no such program, or it does not start.
            PeerLostError: supervisord does not answer.
        """
        self.stop_program(name)
        self.start_program(name)

    def _command(self, method: str, name: str, harmless: int) -> None:
        try:
            self._call(method, name)
        except _RefusedError as error:
            if error.code == harmless:
                return
            raise RequestError(
                f"expected supervisor to {method.removesuffix('Process')} {name}, got: {error}; "
                "see its log"
            ) from error

    def log_tail(self, name: str, n_lines: int = 12) -> str:
        """Return the end of what a program printed, or of supervisord's own words."""
        path = self.run_dir / f"{name}.log"
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return f"(no log in {path})"
        return "\n".join(lines[-n_lines:])

    def _call(self, method: str, *arguments: str) -> object:
        # What is asked of a program takes as long as the program.
        limit_s = DEED_S if arguments else ANSWER_S
        transport = _Transport(self.socket, limit_s)
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            raise _RefusedError(fault) from fault
        except TimeoutError as error:
            raise PeerLostError(
                f"expected an answer of the rig's supervisord on {self.socket} within "
                f"{limit_s:.0f} s, got none: it stands still; wait, or kill it (its pid is in "
                f"{self.run_dir / 'supervisord.pid'}), then emgrig up"
            ) from error
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise PeerLostError(
                f"expected the rig's supervisord on {self.socket}, got: {error}; "
                "start the rig with emgrig up"
            ) from error
        finally:
            transport.close()


class _Transport(SupervisorTransport):  # type: ignore[misc]
    """supervisor's own, which waits for ever, with an end."""

    def __init__(self, path: Path, limit_s: float) -> None:
        super().__init__(None, None, f"unix://{path}")
        self._get_connection = lambda: _Connection(path, limit_s)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, limit_s: float) -> None:
        super().__init__("localhost", timeout=limit_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class _RefusedError(PeerError):
    """supervisord answered that it will not."""

    def __init__(self, fault: xmlrpc.client.Fault) -> None:
        super().__init__(fault.faultString)
        self.code = fault.faultCode


def _socket_path(run_dir: Path) -> Path:
    """In the run folder, or in a short private folder where that path would be too long."""
    path = run_dir / "supervisor.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"emgrig-{os.getuid()}-{digest}" / "supervisor.sock"


def _words(row: Mapping[str, object]) -> str:
    return str(row["spawnerr"] or row["description"])
