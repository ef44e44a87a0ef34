"""A consumer's connections: how they come about, and that one ended: nobody says farewell."""

from collections.abc import Iterable

import zmq
from zmq.utils.monitor import recv_monitor_message

from emgrig.messages import MAX_PAYLOAD_BYTES

__all__ = ["ConnectionWatch", "configure"]

RECONNECT_MS = 50
RECONNECT_MAX_MS = 1000

HANDSHAKE_MS = 1000
"""A producer that accepts and then dies before the greeting must not hold us up (default 30 s)."""

MAX_FRAME_BYTES = MAX_PAYLOAD_BYTES + (1 << 20)
"""A little more than the wire allows is refused and counted; whoever sends more is cut off."""


def configure(socket: "zmq.Socket[bytes]", topics: Iterable[str], high_water_mark: int) -> None:
    """Subscribe a socket to topics and set its limits; before it connects."""
    socket.setsockopt(zmq.RCVHWM, high_water_mark)
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
    socket.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, RECONNECT_MAX_MS)
    socket.setsockopt(zmq.HANDSHAKE_IVL, HANDSHAKE_MS)
    for topic in topics:
        socket.setsockopt(zmq.SUBSCRIBE, topic.encode())


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
