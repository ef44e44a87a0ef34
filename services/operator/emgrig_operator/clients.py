"""The control services of one rig, by process name."""

from types import TracebackType
from typing import Any, Self

from emgrig.config import Rig
from emgrig.control import ControlClient, process_pb2
from emgrig.errors import Problem, SettingsError

from emgrig_operator.locating import operator_settings

__all__ = ["RigClient"]


class RigClient:
    """Calls to the processes of a rig.

    Args:
        rig: Whose addresses are used.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.settings = operator_settings(rig)
        self._clients: dict[str, ControlClient] = {}

    def of(self, process: str) -> ControlClient:
        """Return the connection to a process.

        Raises:
            SettingsError: rig.toml gives it no control address.
        """
        if process not in self._clients:
            address = self.rig.endpoints(process).control
            if not address:
                raise SettingsError(
                    [
                        Problem(
                            f"{self.rig.path}, [{process}] control",
                            "expected an address, got none",
                            'add one such as control = "127.0.0.1:5613"',
                        )
                    ]
                )
            self._clients[process] = ControlClient(process, address)
        return self._clients[process]

    def call(self, process: str, method: str, request: Any, deadline_s: float = 0.0) -> Any:
        """Call a method of a process; see `ControlClient.call` for what it raises.

        Args:
            process: Process name.
            method: ``Service.Method``.
            request: The request message.
            deadline_s: 0 for the settings' deadline.
        """
        limit_s = deadline_s or self.settings.call_deadline_s
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
        for client in self._clients.values():
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
