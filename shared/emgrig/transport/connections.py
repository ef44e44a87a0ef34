"""A consumer's connections: how they come about, and that one ended: nobody says farewell."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

import zmq
from zmq.utils.monitor import recv_monitor_message

from emgrig.messages import MAX_PAYLOAD_BYTES

__all__ = ["ConnectionWatch", "Reconnector", "configure"]

CONNECT_AGAIN_S = 5.0
LOOK_S = 1.0

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


class Reconnector:
    """Connects, and connects anew to who is silent: libzmq gives up who broke its limits.

    Args:
        socket: What it is configured for stays.
        names: Address -> who is there.
    """

    def __init__(self, socket: "zmq.Socket[bytes]", names: Mapping[str, str]) -> None:
        self._socket = socket
        self._names = names
        self._connected = dict.fromkeys(names, time.monotonic())
        self._look_at = 0.0
        for address in names:
            socket.connect(address)

    def look(self, now: float, heard: Mapping[str, float]) -> None:
        """Connect anew where it is due; at most once a second.

        Args:
            now: Monotonic seconds.
            heard: Name -> monotonic seconds of its newest message.
        """
        if now < self._look_at:
            return
        if now - self._look_at > LOOK_S:  # who stood still himself judges nobody's silence
            self._connected = dict.fromkeys(self._connected, now)
        self._look_at = now + LOOK_S
        for address, name in self._names.items():
            if now - max(heard.get(name, 0.0), self._connected[address]) > CONNECT_AGAIN_S:
                self._connected[address] = now
                with suppress(zmq.ZMQError):  # it knows no such connection any more
                    self._socket.disconnect(address)
                self._socket.connect(address)


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
