"""Call the control services of a rig's processes."""

from collections.abc import Iterator
from typing import Any, Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from emgrig.control.channel_options import CHANNEL_OPTIONS
from emgrig.control.errors import translated
from emgrig.control.v1 import (
    acquirer_pb2_grpc,
    hand_pb2_grpc,
    predictor_pb2_grpc,
    process_pb2_grpc,
    recorder_pb2_grpc,
    trainer_pb2_grpc,
)

__all__ = ["ControlClient"]

DEFAULT_DEADLINE_S = 5.0

_MAX_REPLY_BYTES = 64 << 20
"""Lists of sessions and models grow for years; gRPC itself takes 4 MiB, some thousands of them."""

_STUBS: dict[str, Any] = {
    "Acquirer": acquirer_pb2_grpc.AcquirerStub,
    "Hand": hand_pb2_grpc.HandStub,
    "Predictor": predictor_pb2_grpc.PredictorStub,
    "Process": process_pb2_grpc.ProcessStub,
    "Recorder": recorder_pb2_grpc.RecorderStub,
    "Trainer": trainer_pb2_grpc.TrainerStub,
}


class ControlClient:
    """A connection to one process's control address, made on first use.

    Args:
        who: Process name, for errors.
        address: ``host:port`` or ``unix:path``.
    """

    def __init__(self, who: str, address: str) -> None:
        self.who = who
        self.address = address
        limit = ("grpc.max_receive_message_length", _MAX_REPLY_BYTES)
        self._channel = grpc.insecure_channel(address, options=(*CHANNEL_OPTIONS, limit))
        # All of them now: gRPC ends the process where a stub is made on a channel that was closed.
        self._stubs = {name: make(self._channel) for name, make in _STUBS.items()}
        self._health: Any = health_pb2_grpc.HealthStub(self._channel)

    def call(
        self,
        method: str,
        request: Any,
        *,
        deadline_s: float = DEFAULT_DEADLINE_S,
        wait: bool = False,
    ) -> Any:
        """Call ``Service.Method`` and return its reply.

        Args:
            method: Such as ``Recorder.Start``.
            request: The request message.
            deadline_s: How long it may take in all.
            wait: Whether to wait for a process that is not there yet.

        Raises:
            RequestError: The process refused; its words.
            PeerLostError: It did not answer in time.
            PeerError: Anything else went wrong there.
        """
        with translated(self.who, self.address):
            return self._method(method)(request, timeout=deadline_s, wait_for_ready=wait)

    def stream(
        self, method: str, request: Any, *, deadline_s: float | None = None
    ) -> Iterator[Any]:
        """Call a method with a streamed reply and yield the messages; closing cancels the call.

        Args:
            method: Such as ``Trainer.Train``.
            request: The request message.
            deadline_s: How long it may take in all; None for any time.

        Raises:
            RequestError, PeerLostError, PeerError: As for `call`.
        """
        with translated(self.who, self.address):
            call = self._method(method)(request, timeout=deadline_s)
            try:
                yield from call
            finally:
                call.cancel()

    def is_serving(self, deadline_s: float = 1.0) -> bool:
        """Ask the standard health service whether the process is ready."""
        try:
            reply = self._health.Check(health_pb2.HealthCheckRequest(), timeout=deadline_s)
        except (grpc.RpcError, ValueError):  # the latter on a closed channel
            return False
        return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _method(self, name: str) -> Any:
        service, _, method = name.partition(".")
        return getattr(self._stubs[service], method)
