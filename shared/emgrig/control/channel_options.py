"""How every channel of ours connects, to a process or to a hand."""

from typing import Final

__all__ = ["CHANNEL_OPTIONS"]

CHANNEL_OPTIONS: Final = (
    # Who is starting must be found at once when it is there, not after the default back-off of
    # gRPC, which grows to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    # In truth the time that a connection may take: one to a busy process takes a while.
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.enable_http_proxy", 0),
)
"""Options of `grpc.insecure_channel`."""
