"""Carry our errors across gRPC: status code and text there, the same class here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import grpc

from emgrig.errors import ConfigError, EmgRigError, PeerError, PeerLostError, RequestError

__all__ = ["abort", "translated"]

_UNREACHABLE = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


def abort(context: grpc.ServicerContext, error: EmgRigError) -> NoReturn:
    """End a call with the status that stands for who must act."""
    if isinstance(error, ConfigError):
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    if isinstance(error, PeerError):
        context.abort(grpc.StatusCode.ABORTED, str(error))
    context.abort(grpc.StatusCode.INTERNAL, str(error))
    raise AssertionError("abort raises")  # pragma: no cover - for the type checker


@contextmanager
def translated(who: str, address: str) -> Iterator[None]:
    """Turn what a call raises into our errors.

    Raises:
        RequestError: The process refused the command; its words.
        PeerLostError: It cannot be reached or did not answer in time.
        PeerError: Anything else.
    """
    try:
        yield
    except grpc.RpcError as error:
        code, words = error.code(), error.details() or ""
        if code == grpc.StatusCode.FAILED_PRECONDITION:
            raise RequestError(words) from error
        if code in _UNREACHABLE:
            raise PeerLostError(
                f"expected an answer of {who} on {address}, got {code.name}: {words}; "
                "start it (emgrig up) or look at its log (emgrig status)"
            ) from error
        raise PeerError(words or f"{who} on {address} answered {code.name}") from error
