"""Notice at once that a producer's connection ended: a killed process says no farewell."""

import zmq
from zmq.utils.monitor import recv_monitor_message

__all__ = ["ConnectionWatch"]


class ConnectionWatch:
    """Reads the events of a socket's connections; used by another thread than the socket.

    Args:
        socket: Before it connects.
        names: Address -> who is there.
    """

    def __init__(self, socket: "zmq.Socket[bytes]", names: dict[str, str]) -> None:
        self._names = names
        self._events: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._socket = socket

    def lost(self) -> set[str]:
        """Return whose connection ended since the last call."""
        found = set()
        while not self._events.closed and self._events.poll(0, zmq.POLLIN):
            address = recv_monitor_message(self._events)["endpoint"].decode("utf-8", "replace")
            found.add(self._names.get(address, ""))
        return found - {""}

    def close(self) -> None:
        """Stop to read; before the socket is closed, twice is harmless."""
        if not self._events.closed:
            self._socket.disable_monitor()
            self._events.close(linger=0)
