"""Serve the commands of a hand of the first generation, and nothing beside them.

No health service and no reflection: the hand that this stands in for has none either.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from emgrig.control.hand_commands import HandAck, HandCommand, HandState
from emgrig.control.hand_v1 import command_of_request, reply_of_answer
from emgrig.errors import EmgRigError, PeerError
from emgrig.vhi.v1 import vhi_pb2_grpc

__all__ = ["HandV1Server", "serve_hand_v1"]

# A call waits for the hand's next frame; more callers than this at once wait one frame longer.
_MAX_WORKERS = 8
_LOOPBACKS = ("127.0.0.1", "localhost")


class HandV1Server:
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


def serve_hand_v1(
    handler: Callable[[HandCommand], HandAck | HandState], host: str, port: int
) -> HandV1Server:
    """Serve the hand's commands; on IPv4 loopback also on IPv6 loopback where there is one.

    Args:
        handler: Answers one command; called from several threads. What it raises reaches the
            caller as UNKNOWN, as from a hand that is shutting down.
        host: Address to listen on.
        port: 1 to 65535, or 0 for any.

    Returns:
        The server, which answers already.

    Raises:
        PeerError: The address is in use.
    """
    server = grpc.server(
        ThreadPoolExecutor(_MAX_WORKERS, thread_name_prefix="hand-v1"),
        # Without this two hands could listen on one port, and each get some of the calls.
        options=[("grpc.so_reuseport", 0)],
    )
    register: Callable[..., None] = vhi_pb2_grpc.add_VhiControlServicer_to_server
    register(_Servicer(handler), server)
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
    return HandV1Server(server, bound)


def _bind(server: grpc.Server, address: str) -> int:
    """Return the port, or 0 where the address cannot be had."""
    try:
        return int(server.add_insecure_port(address))
    except RuntimeError:
        return 0


class _Servicer:
    """Every method is the same: command in, answer out."""

    def __init__(self, handler: Callable[[HandCommand], HandAck | HandState]) -> None:
        self._handler = handler

    def answer(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer one call."""
        try:
            return reply_of_answer(self._handler(command_of_request(request)))
        except EmgRigError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    SetMovement = Freeze = SetSpeed = SetSmoothing = answer
    SetChirality = SetSessionActive = SetControlMode = GetState = answer
