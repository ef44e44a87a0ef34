"""The connection to a hand, and what its failures are called, for either generation."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from emgrig.control.channel_options import CHANNEL_OPTIONS
from emgrig.control.errors import told_by
from emgrig.errors import HandError, HandProtocolError

__all__ = ["LossCounter", "open_hand_channel", "translated_hand_errors"]

_OPTIONS = [
    *CHANNEL_OPTIONS,
    # A channel that shares its connection with an older one shares that one's back-off too.
    ("grpc.use_local_subchannel_pool", 1),
]


def open_hand_channel(address: str) -> grpc.Channel:
    """Return a channel that connects on its first call.

    Args:
        address: ``host:port``.
    """
    return grpc.insecure_channel(address, options=_OPTIONS)


class LossCounter:
    """Counts how often a channel's connection ended, which only the connection itself tells.

    A hand that was restarted between two calls answers the next one as if nothing had been.

    Args:
        channel: From `open_hand_channel`.

    Attributes:
        n_lost: Connections that were there and ended.
    """

    def __init__(self, channel: grpc.Channel) -> None:
        self.n_lost = 0
        self._was_ready = False
        channel.subscribe(self._follow)

    def _follow(self, state: grpc.ChannelConnectivity) -> None:
        is_ready = state is grpc.ChannelConnectivity.READY
        self.n_lost += self._was_ready and not is_ready
        self._was_ready = is_ready


@contextmanager
def translated_hand_errors(address: str) -> Iterator[None]:
    """Turn what a call raises into our errors.

    Raises:
        HandProtocolError: A hand is there, and does not know the call.
        HandError: It did not answer.
    """
    try:
        yield
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNIMPLEMENTED:
            raise HandProtocolError(
                f"expected the hand on {address} to know the call, got UNIMPLEMENTED: "
                f"{error.details()}; it speaks another protocol"
            ) from error
        is_slow = error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        remedy = "see whether it hangs, and start it anew" if is_slow else "start the hand"
        raise HandError(
            f"expected an answer of the hand on {address}, got {told_by(error)}; {remedy}, "
            "or set hand_host and hand_port in rig.toml, [vhi-bridge]"
        ) from error
    except ValueError as error:  # gRPC's answer to a call on a closed channel
        raise HandError(
            f"expected an open connection to the hand on {address}, got a closed one; "
            "this process is stopping"
        ) from error
