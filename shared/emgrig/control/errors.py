"""Carry our errors across gRPC: status code and text there, who must act and the words here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import grpc

from emgrig.errors import ConfigError, EmgRigError, PeerError, PeerLostError, RequestError

__all__ = ["abort", "refusal_of", "told_by", "translated"]

_UNREACHABLE = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})

_STATUSES = {
    "request": grpc.StatusCode.FAILED_PRECONDITION,
    "peer": grpc.StatusCode.ABORTED,
    "fault": grpc.StatusCode.INTERNAL,
}


def refusal_of(error: EmgRigError) -> str:
    """Return who must act: ``request`` (who asks), ``peer`` (another process) or ``fault``."""
    if isinstance(error, ConfigError):
        return "request"
    return "peer" if isinstance(error, PeerError) else "fault"


def abort(context: grpc.ServicerContext, error: EmgRigError) -> NoReturn:
    """End a call with the status that stands for who must act."""
    context.abort(_STATUSES[refusal_of(error)], str(error))
    raise AssertionError("abort raises")  # pragma: no cover - for the type checker


def told_by(error: grpc.RpcError) -> str:
    """Return what came instead of an answer, in words for people."""
    code, words = error.code(), error.details() or ""
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        return "none in time"
    return f"{code.name}: {words}" if words else str(code.name)


@contextmanager
def translated(who: str, address: str) -> Iterator[None]:
    """Turn what a call raises into our errors.

    Raises:
        RequestError: The process refused the command; its words.
        PeerLostError: It cannot be reached or did not answer in time, or we closed the connection.
        PeerError: Anything else.
    """
    try:
        yield
    except grpc.RpcError as error:
        code, words = error.code(), error.details() or ""
        if code == grpc.StatusCode.FAILED_PRECONDITION:
            raise RequestError(words) from error
        if code in _UNREACHABLE:
            is_slow = code == grpc.StatusCode.DEADLINE_EXCEEDED
            remedy = "see what it does" if is_slow else "start it (emgrig up)"
            raise PeerLostError(
                f"expected an answer of {who} on {address}, got {told_by(error)}; "
                f"{remedy}, or look at its log (emgrig status)"
            ) from error
        raise PeerError(words or f"{who} on {address} answered {code.name}") from error
    except ValueError as error:  # gRPC's answer to a call on a closed channel
        raise PeerLostError(
            f"expected an open connection to {who} on {address}, got a closed one; "
            "this process is stopping"
        ) from error
