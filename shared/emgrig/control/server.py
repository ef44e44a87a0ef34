"""The gRPC server of a process: its own services, health and reflection."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Semaphore
from typing import Any, NamedTuple

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from emgrig.config import claim_socket_path
from emgrig.control.errors import abort, refusal_of
from emgrig.errors import EmgRigError, Problem, RequestError, SettingsError

__all__ = ["ControlServer", "Servicer"]

MAX_REQUEST_BYTES = 1 << 20
MAX_WORKERS = 8
"""Calls of one method at once."""
PING_S = 10.0
"""Time between two questions whether a caller is still there."""
PING_ANSWER_S = 25.0
"""How long it may take to answer: one that stands still for 20 s and goes on is waited for."""
MAX_STREAMS = MAX_WORKERS - 1
"""The last worker tells who asks for one more stream that there is none."""


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
            interceptors=[_Interceptor(f"{process}-control", refuse)],
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
                [
                    Problem(
                        f"rig.toml, [{process}] control",
                        f"expected to listen on {address}, got: {error}",
                        "stop the other rig or program that uses it (emgrig down), or change it",
                    )
                ]
            ) from error


def _path_of(address: str) -> Path:
    """Return the file of ``unix:path`` or ``unix:///path``."""
    return Path(address.removeprefix("unix:").removeprefix("//"))


class _Interceptor(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Give each method workers of its own, and turn our errors into statuses.

    A stream that nobody reads, or a slow call, holds its worker: callers of other methods, a stop
    or a rest among them, must not wait for it.
    """

    def __init__(self, name: str, refuse: Callable[[str], None]) -> None:
        self._refuse = refuse
        # Of methods that are served only: others have no handler.
        self._workers = defaultdict[str, ThreadPoolExecutor](
            lambda: ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix=name)
        )
        self._streams = defaultdict[str, Semaphore](lambda: Semaphore(MAX_STREAMS))

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = continuation(details)
        if handler is None:
            return None
        method: Any
        if handler.unary_unary:
            make, method = grpc.unary_unary_rpc_method_handler, self._guard(handler.unary_unary)
        elif handler.unary_stream:
            make = grpc.unary_stream_rpc_method_handler
            method = self._guard_stream(details.method, handler.unary_stream)
        else:
            make = grpc.stream_stream_rpc_method_handler
            method = self._guard_stream(details.method, handler.stream_stream)
        method.experimental_thread_pool = self._workers[details.method]
        parse = self._parse(handler.request_deserializer)
        return make(method, parse, handler.response_serializer)

    def _parse(self, parse: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        def parsed(data: bytes) -> Any:
            try:
                return parse(data)
            except DecodeError:
                self._refuse("decode")
                raise

        return parsed

    @contextmanager
    def _answering(self, context: grpc.ServicerContext) -> Iterator[None]:
        try:
            yield
        except EmgRigError as error:
            self._refuse(refusal_of(error))
            abort(context, error)

    def _guard(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def guarded(request: Any, context: grpc.ServicerContext) -> Any:
            with self._answering(context):
                return method(request, context)

        return guarded

    def _guard_stream(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        streams = self._streams[name]

        @functools.wraps(method)
        def guarded(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            with self._answering(context), _one_of(streams, name):
                yield from method(request, context)

        return guarded


@contextmanager
def _one_of(streams: Semaphore, name: str) -> Iterator[None]:
    if not streams.acquire(blocking=False):
        raise RequestError(
            f"expected at most {MAX_STREAMS} streams of {name} at once, got one more; "
            "end one of them, or wait until one has ended"
        )
    try:
        yield
    finally:
        streams.release()
