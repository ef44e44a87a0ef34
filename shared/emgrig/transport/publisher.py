"""Send messages to whoever listens, and keep the recent ones for whoever missed some."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

import zmq
from numpy.typing import NDArray

from emgrig.config import Endpoints
from emgrig.errors import SettingsError
from emgrig.messages import Hop, Kind, Message, encode_frames
from emgrig.transport.replay import RING_S, ReplayRing, ReplayServer
from emgrig.transport.sockets import bind

__all__ = ["Publisher", "Stamps"]

SEND_HIGH_WATER_MARK = 500
"""Messages queued for one slow consumer before its newest ones are dropped (and back-filled). For
one that stands still 320 channels at 2048 Hz make of it 262 MB of windows, or 20 MB of chunks."""

MAX_PREFIXES = 1000
"""Different subscriptions that are counted; consumers of a rig have some tens."""

MAX_PREFIX_BYTES = 128

LINGER_MS = 500
"""How long closing may wait for frames that are still in the socket."""


class Stamps(TypedDict, total=False):
    """What a message says of its origin; see `emgrig.messages.Message`.

    ``t_in_ns`` is the host monotonic clock when the input of this message was there; it becomes
    the hop that is added to ``trace``.
    """

    t_first: float
    t_last: float
    sample_index: int
    fs: float
    fields: Mapping[str, Any]
    trace: tuple[Hop, ...]
    t_in_ns: int


class Publisher:
    """The data-plane output of one process; `send` may be called from any thread.

    Args:
        endpoints: Where to bind; an empty ``publish`` makes a publisher that sends nowhere.
        source: Process name.
        replay_s: How long a message is kept for who missed it, seconds.
        refuse: Told the reason of each request for a replay that is none.

    Attributes:
        epoch: Random id of this incarnation.

    Raises:
        SettingsError: An address cannot be bound, for instance since it is in use.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        source: str,
        *,
        replay_s: float = RING_S,
        refuse: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.source = source
        self.epoch = secrets.token_hex(8)
        self.sent: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._subscriptions: Counter[str] = Counter()
        self._ring = ReplayRing(ring_s=replay_s)
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.XPUB)
        self._socket.setsockopt(zmq.XPUB_VERBOSER, 1)
        self._socket.setsockopt(zmq.SNDHWM, SEND_HIGH_WATER_MARK)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        self._replay: ReplayServer | None = None
        self._is_closed = False
        try:
            bind(self._socket, endpoints.publish, source)
            if endpoints.replay:
                self._replay = ReplayServer(
                    endpoints.replay, source, self.epoch, self._ring, refuse
                )
        except SettingsError:
            self.close()
            raise

    def send(
        self, topic: str, data: NDArray[Any] | None = None, **stamps: Unpack[Stamps]
    ) -> Message:
        """Send one message and return it as sent; health also says what was sent before it.

        Raises:
            FrameError: It breaks a limit of the wire.
        """
        now_ns = time.monotonic_ns()
        origin: dict[str, Any] = dict(stamps)
        hop = Hop(self.source, origin.pop("t_in_ns", now_ns), now_ns)
        origin["trace"] = (*origin.get("trace", ()), hop)
        if data is not None:
            origin["data"] = data
        with self._lock:
            if topic.startswith(f"{Kind.HEALTH}/"):
                origin["fields"] = {**origin.get("fields", {}), "sent": dict(self.sent)}
            message = Message(
                topic=topic,
                source=self.source,
                epoch=self.epoch,
                seq=self.sent[topic],
                **origin,
            )
            frames = encode_frames(message)
            if not self._is_closed:
                self._socket.send_multipart(frames, copy=True)
            self._ring.append(message, frames)
            self.sent[topic] += 1
        return message

    def wait_for_subscriber(self, topic: str, timeout_s: float) -> bool:
        """Wait until somebody's subscription to a topic has arrived here.

        Returns:
            Whether it did; from then on no message of the topic misses that subscriber.
        """
        deadline = time.monotonic() + timeout_s
        while not self._is_subscribed(topic):
            left_ms = int((deadline - time.monotonic()) * 1000)
            if left_ms <= 0 or not self._socket.poll(left_ms, zmq.POLLIN):
                return self._is_subscribed(topic)
        return True

    def subscriptions(self) -> dict[str, int]:
        """Return how many subscribers each topic (or prefix of topics) has.

        Call it now and then: libzmq keeps every coming and going until it is read.
        """
        with self._lock:
            self._read_subscriptions()
            return dict(self._subscriptions)

    def close(self) -> None:
        """Send what is queued and free the addresses; twice is harmless."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._socket.close()
        if self._replay is not None:
            self._replay.close()

    def _is_subscribed(self, topic: str) -> bool:
        return any(topic.startswith(prefix) for prefix in self.subscriptions())

    def _read_subscriptions(self) -> None:
        # XPUB frames: one byte 1 (subscribe) or 0 (unsubscribe), then the prefix.
        # Source: ZeroMQ RFC 29 (PUBSUB).
        while not self._is_closed and self._socket.poll(0, zmq.POLLIN):
            frame = self._socket.recv()
            if frame[:1] in (b"\x00", b"\x01"):
                prefix = frame[1 : 1 + MAX_PREFIX_BYTES].decode("utf-8", "replace")
                self._subscriptions[prefix] += 1 if frame[0] else -1
                if self._subscriptions[prefix] <= 0 or len(self._subscriptions) > MAX_PREFIXES:
                    del self._subscriptions[prefix]
