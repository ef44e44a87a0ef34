"""Serve the commands of a hand of the second generation, and nothing beside them."""

from collections.abc import Callable
from typing import Any

import grpc

from emgrig.control.hand_server import HandServer, serve_hand
from emgrig.control.hand_v2_answers import RemoteAnswer
from emgrig.control.hand_v2_commands import RemoteCommand
from emgrig.control.hand_v2_wire import command_of_request, reply_of_answer
from emgrig.errors import EmgRigError
from emgrig.vhi.v2 import remote_pb2_grpc

__all__ = ["serve_hand_v2"]


def serve_hand_v2(
    handler: Callable[[RemoteCommand], RemoteAnswer], host: str, port: int
) -> HandServer:
    """Serve the hand's commands; on IPv4 loopback also on IPv6 loopback where there is one.

    Args:
        handler: Answers one command; called from several threads. What it raises reaches the
            caller as UNKNOWN.
        host: Address to listen on.
        port: 1 to 65535, or 0 for any.

    Returns:
        The server, which answers already.

    Raises:
        PeerError: The address is in use.
    """
    register: Callable[..., None] = remote_pb2_grpc.add_RemoteControlServicer_to_server
    return serve_hand(lambda server: register(_Servicer(handler), server), host, port)


class _Servicer:
    """Every method is the same: command in, answer out."""

    def __init__(self, handler: Callable[[RemoteCommand], RemoteAnswer]) -> None:
        self._handler = handler

    def answer(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer one call."""
        try:
            return reply_of_answer(self._handler(command_of_request(request)))
        except EmgRigError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    GetControlManifest = SetControl = SweepControl = SetPresentation = answer
    SetRecordingSession = StartRecordingTrajectory = StopRecordingTrajectory = answer
    GetRecordingSessionState = answer
