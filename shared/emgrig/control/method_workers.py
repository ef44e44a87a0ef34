"""Who works on the calls of a server: none of them can hold up the others."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from emgrig.control.errors import abort, refusal_of
from emgrig.errors import EmgRigError, RequestError

__all__ = ["MethodWorkers"]

MAX_WORKERS = 8
"""Calls of one method at once."""
MAX_STREAMS = MAX_WORKERS - 1
"""The last worker tells who asks for one more stream that there is none."""


class MethodWorkers(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Gives each method of a server workers of its own, and turns our errors into statuses.

    A stream that nobody reads, a slow call, or one that is never finished, holds its worker:
    callers of other methods, a stop or a rest among them, must not wait for it.

    Args:
        name: Of the threads.
        refuse: Told the reason of each call that ends with an error: ``decode`` for bytes that
            are no request, else as `refusal_of`.
    """

    def __init__(self, name: str, refuse: Callable[[str], None] = lambda _: None) -> None:
        self._refuse = refuse
        # Of methods that are served only: others have no handler.
        self._workers = defaultdict[str, ThreadPoolExecutor](
            lambda: ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix=name)
        )
        self._streams = defaultdict[str, Semaphore](lambda: Semaphore(MAX_STREAMS))

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """Return the method's handler with its workers, None for a method that nobody serves."""
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
