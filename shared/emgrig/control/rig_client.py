"""The control services of one rig, by process name."""

import threading
from typing import Any, Self

from emgrig.config import Rig
from emgrig.control.client import DEFAULT_DEADLINE_S, ControlClient
from emgrig.control.v1 import process_pb2
from emgrig.errors import Problem, SettingsError

__all__ = ["RigClient"]


class RigClient:
    """Calls to the processes of a rig, from any thread.

    Args:
        rig: Whose addresses are used.
        call_deadline_s: How long a command may take where nothing else is said.
    """

    def __init__(self, rig: Rig, call_deadline_s: float = DEFAULT_DEADLINE_S) -> None:
        self.rig = rig
        self._call_deadline_s = call_deadline_s
        self._lock = threading.Lock()
        self._clients: dict[str, ControlClient] = {}

    def of(self, process: str) -> ControlClient:
        """Return the connection to a process.

        Raises:
            SettingsError: rig.toml gives it no control address.
        """
        with self._lock:
            if process not in self._clients:
                self._clients[process] = self._connect(process)
            return self._clients[process]

    def call(self, process: str, method: str, request: Any, deadline_s: float = 0.0) -> Any:
        """Call a method of a process; see `ControlClient.call` for what it raises.

        Args:
            process: Process name.
            method: ``Service.Method``.
            request: The request message.
            deadline_s: 0 for that of every command.
        """
        limit_s = deadline_s or self._call_deadline_s
        return self.of(process).call(method, request, deadline_s=limit_s)

    def status(self, process: str, *, deadline_s: float = 2.0, wait: bool = False) -> Any:
        """Return a process's own account of itself (``ProcessStatus``).

        Raises:
            PeerLostError: It does not answer in time.
        """
        request = process_pb2.GetStatusRequest()
        client = self.of(process)
        return client.call("Process.GetStatus", request, deadline_s=deadline_s, wait=wait)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in self._clients.values():
                client.close()

    def _connect(self, process: str) -> ControlClient:
        address = self.rig.endpoints(process).control
        if not address:
            where, remedy = f"{self.rig.path}, [{process}] control", 'such as "127.0.0.1:5613"'
            raise SettingsError(Problem(where, "expected an address, got none", remedy))
        return ControlClient(process, address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
