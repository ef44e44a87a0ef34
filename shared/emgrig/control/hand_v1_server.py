"""Serve the commands of a hand of the first generation, and nothing beside them."""

from collections.abc import Callable
from typing import Any

import grpc

from emgrig.control.hand_commands import HandAck, HandCommand, HandState
from emgrig.control.hand_server import HandServer, serve_hand
from emgrig.control.hand_v1 import command_of_request, reply_of_answer
from emgrig.errors import EmgRigError
from emgrig.vhi.v1 import vhi_pb2_grpc

__all__ = ["serve_hand_v1"]


def serve_hand_v1(
    handler: Callable[[HandCommand], HandAck | HandState], host: str, port: int
) -> HandServer:
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
    register: Callable[..., None] = vhi_pb2_grpc.add_VhiControlServicer_to_server
    return serve_hand(lambda server: register(_Servicer(handler), server), host, port)


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
