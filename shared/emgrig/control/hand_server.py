"""Listen as a hand does: loopback, nothing beside the hand's own calls.

No health service and no reflection: the hand that this stands in for has none either.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

from emgrig.control.method_workers import MethodWorkers
from emgrig.errors import PeerError

__all__ = ["HandServer", "serve_hand"]

_LOOPBACKS = ("127.0.0.1", "localhost")


class HandServer:
    """A running server.

    Attributes:
        port: The port that it listens on.
    """

    def __init__(self, server: grpc.Server, port: int) -> None:
        self._server = server
        self.port = port

    def close(self, grace_s: float = 0.2) -> None:
        """Refuse new calls, give running ones a moment, end; twice is harmless."""
        self._server.stop(grace_s).wait()


def serve_hand(register: Callable[[grpc.Server], None], host: str, port: int) -> HandServer:
    """Serve what is registered; on IPv4 loopback also on IPv6 loopback where there is one.

    Args:
        register: Adds the hand's methods to the server.
        host: Address to listen on.
        port: 1 to 65535, or 0 for any.

    Returns:
        The server, which answers already.

    Raises:
        PeerError: The address is in use.
    """
    server = grpc.server(
        ThreadPoolExecutor(1),  # unused: every method has workers of its own
        interceptors=[MethodWorkers("hand")],
        # Without this two hands could listen on one port, and each get some of the calls.
        options=[("grpc.so_reuseport", 0)],
    )
    register(server)
    bound = _bind(server, f"{host}:{port}")
    if bound == 0:
        server.stop(None)
        raise PeerError(
            f"expected to listen on {host}:{port} for the hand's commands, got an address in use; "
            "stop the other hand, or set grpc_port in rig.toml, [virtual-hand]"
        )
    if host in _LOOPBACKS:
        _bind(server, f"[::1]:{bound}")
    server.start()
    return HandServer(server, bound)


def _bind(server: grpc.Server, address: str) -> int:
    """Return the port, or 0 where the address cannot be had."""
    try:
        return int(server.add_insecure_port(address))
    except RuntimeError:
        return 0
