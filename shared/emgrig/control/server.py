"""The gRPC server of a process: its own services, health and reflection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from emgrig.config import claim_socket_path
from emgrig.control.method_workers import MethodWorkers
from emgrig.errors import Problem, SettingsError

__all__ = ["ControlServer", "Servicer"]

MAX_REQUEST_BYTES = 1 << 20
PING_S = 10.0
"""Time between two questions whether a caller is still there."""
PING_ANSWER_S = 25.0
"""How long it may take to answer: one that stands still for 20 s and goes on is waited for."""


class Servicer(NamedTuple):
    """One gRPC service to serve.

    Attributes:
        register: The generated ``add_XServicer_to_server``.
        implementation: Object with the service's methods.
        name: Full name, such as ``emgrig.control.v1.Recorder``.
    """

    register: Callable[[Any, grpc.Server], None]
    implementation: object
    name: str


class ControlServer:
    """Serve control services on one address.

    Methods may raise our errors; the caller's side raises one for the same who must act
    (RequestError, PeerError) with the same words.

    Args:
        address: ``host:port`` or ``unix:path``; empty serves nothing.
        process: Process name, for errors.
        servicers: What is served.
        refuse: Told the reason of each call that ends with an error: ``decode`` for bytes that
            are no request, else as `refusal_of`.

    Raises:
        SettingsError: The address is in use or not usable.
    """

    def __init__(
        self,
        address: str,
        process: str,
        servicers: Sequence[Servicer],
        *,
        refuse: Callable[[str], None] = lambda _: None,
    ) -> None:
        # The other way it calls back, which no interceptor of ours understands.
        self._health = health.HealthServicer(experimental_non_blocking=False)
        self._names = ["", *(servicer.name for servicer in servicers)]
        self._server = grpc.server(
            ThreadPoolExecutor(1),  # unused: the interceptor gives every method its own
            interceptors=[MethodWorkers(f"{process}-control", refuse)],
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
                ("grpc.keepalive_time_ms", round(PING_S * 1000)),
                ("grpc.http2.max_pings_without_data", 0),
                ("grpc.http2.ping_timeout_ms", round(PING_ANSWER_S * 1000)),
            ],
        )
        for servicer in servicers:
            servicer.register(servicer.implementation, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            [*self._names[1:], health.SERVICE_NAME, reflection.SERVICE_NAME], self._server
        )
        self.set_serving(False)
        if address:
            self._bind(address, process)
            self._server.start()

    def set_serving(self, is_serving: bool) -> None:
        """Answer health checks from now on with SERVING or NOT_SERVING."""
        status = health_pb2.HealthCheckResponse
        for name in self._names:
            self._health.set(name, status.SERVING if is_serving else status.NOT_SERVING)

    def close(self, grace_s: float = 1.0) -> None:
        """Refuse new calls, give running ones a moment, end."""
        self._server.stop(grace_s).wait()

    def _bind(self, address: str, process: str) -> None:
        try:
            if address.startswith("unix:"):
                claim_socket_path(_path_of(address))
            self._server.add_insecure_port(address)
        except (OSError, RuntimeError) as error:
            raise SettingsError(
                Problem(
                    f"rig.toml, [{process}] control",
                    f"expected to listen on {address}, got: {error}",
                    "stop the other rig or program that uses it (emgrig down), or change it",
                )
            ) from error


def _path_of(address: str) -> Path:
    """Return the file of ``unix:path`` or ``unix:///path``."""
    return Path(address.removeprefix("unix:").removeprefix("//"))
