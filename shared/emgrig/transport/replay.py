"""Keep what was sent for a while, and hand it to a consumer that missed some.

Source: ``docs/wire.md``, "Replay".
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgpack
import zmq

from emgrig.errors import FrameDecodeError, SettingsError
from emgrig.messages import Kind, Message, unpack_map
from emgrig.transport.sockets import bind

__all__ = [
    "MAX_PAGE_BYTES",
    "MAX_PAGE_MESSAGES",
    "REPLAYED",
    "RING_S",
    "ReplayRing",
    "ReplayServer",
]

RING_S = 120.0
"""How long a message is kept unless the rig says otherwise; the wire promises 30 s."""

RING_BYTES = 256 << 20
"""How much is kept in all; 320 channels at 2048 Hz fill it in 98 s."""

MAX_PAGE_MESSAGES = 512
MAX_PAGE_BYTES = 8 << 20
MAX_REQUEST_BYTES = 1024

REPLAYED = frozenset({Kind.CHUNK, Kind.EVENT, Kind.PREDICTION, Kind.POSE})
"""Kinds that a recorder reads; nobody back-fills the hot path."""

Frames = tuple[bytes, bytes, bytes]


class _Kept(NamedTuple):
    topic: str
    seq: int
    t: float
    frames: Frames


class Page(NamedTuple):
    """An answer to a replay request.

    Attributes:
        frames: Messages in order, as sent.
        next_seq: Number to ask for next; beyond it nothing was sent when the page was made.
        is_last: Whether the page ends with what was asked for or with the newest message.
    """

    frames: list[Frames]
    next_seq: int
    is_last: bool


class ReplayRing:
    """The recent messages of one process, bounded in time and bytes; safe for two threads."""

    def __init__(self, *, ring_s: float = RING_S, ring_bytes: int = RING_BYTES) -> None:
        self._ring_s = ring_s
        self._ring_bytes = ring_bytes
        self._lock = threading.Lock()
        self._order: deque[_Kept] = deque()
        self._topics: dict[str, deque[_Kept]] = {}
        self.n_bytes = 0

    def append(self, message: Message, frames: Frames) -> None:
        """Keep one message if its kind is replayed, and drop what is too old or too much."""
        if message.kind not in REPLAYED:
            return
        now = time.monotonic()
        kept = _Kept(message.topic, message.seq, now, frames)
        with self._lock:
            self._order.append(kept)
            self._topics.setdefault(message.topic, deque()).append(kept)
            self.n_bytes += _size(kept)
            while self.n_bytes > self._ring_bytes or self._order[0].t < now - self._ring_s:
                oldest = self._order.popleft()
                self._topics[oldest.topic].popleft()
                self.n_bytes -= _size(oldest)
                if not self._order:
                    break

    def page(self, topic: str, first: int, last: int) -> Page:
        """Return messages first to last of a topic, at most one page of them."""
        with self._lock:
            kept = self._topics.get(topic) or deque()
            newest = kept[-1].seq if kept else -1
            # Numbers in a topic are consecutive, so the place follows from the number.
            start = max(0, first - kept[0].seq) if kept else 0
            stop = min(len(kept), last - kept[0].seq + 1) if kept else 0
            chosen: list[Frames] = []
            n_bytes = 0
            for place in range(start, min(stop, start + MAX_PAGE_MESSAGES)):
                chosen.append(kept[place].frames)
                n_bytes += _size(kept[place])
                if n_bytes > MAX_PAGE_BYTES:
                    break
        next_seq = kept[0].seq + start + len(chosen) if chosen else max(first, newest + 1)
        return Page(chosen, next_seq, next_seq > min(last, newest))


def _size(kept: _Kept) -> int:
    return sum(map(len, kept.frames))


class ReplayServer:
    """Answer replay requests in a thread of its own; never in the way of sending.

    Args:
        address: Where to bind.
        source: Process name.
        epoch: Of the publisher.
        ring: What can be asked for.
        refuse: Told the reason of each request that is none.

    Raises:
        SettingsError: The address cannot be bound.
    """

    def __init__(
        self, address: str, source: str, epoch: str, ring: ReplayRing, refuse: Callable[[str], None]
    ) -> None:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
        self._epoch = epoch
        self._ring = ring
        self._refuse = refuse
        self._stop = context.socket(zmq.PAIR)
        self._stopped = context.socket(zmq.PAIR)
        self._socket = context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.MAXMSGSIZE, MAX_REQUEST_BYTES)
        wake = f"inproc://replay-{epoch}"
        self._stopped.bind(wake)
        self._stop.connect(wake)
        self._thread = threading.Thread(target=self._serve, name=f"{source}-replay", daemon=True)
        try:
            bind(self._socket, address, source)
        except SettingsError:
            self._close_sockets()
            raise
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the address."""
        if self._thread.is_alive():
            self._stop.send(b"")
            self._thread.join()
        self._close_sockets()

    def _close_sockets(self) -> None:
        for socket in (self._socket, self._stop, self._stopped):
            socket.close(linger=0)

    def _serve(self) -> None:
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._stopped, zmq.POLLIN)
        while self._stopped not in dict(poller.poll()):
            self._answer(self._socket.recv_multipart())

    def _answer(self, frames: list[bytes]) -> None:
        request = parse_request(frames[1:])
        if isinstance(request, str):
            self._refuse(request)
            return
        peer = frames[0]
        topic, epoch, first, last = request
        is_ours = epoch in ("", self._epoch)
        page = self._ring.page(topic, first, last) if is_ours else Page([], first, True)
        for message in page.frames:
            self._socket.send_multipart((peer, b"message", *message))
        end = {"epoch": self._epoch, "next_seq": page.next_seq, "is_last": page.is_last}
        self._socket.send_multipart((peer, b"end", msgpack.packb(end)))


def parse_request(frames: list[bytes]) -> tuple[str, str, int, int] | str:
    """Return topic, epoch, first and last of a request, or why it is none: the wire's reasons."""
    if len(frames) != 1:
        return "decode"
    try:
        request = unpack_map(frames[0], "a replay request")
    except FrameDecodeError:
        return "decode"
    topic, epoch = request.get("topic"), request.get("epoch")
    first, last = request.get("first"), request.get("last")
    is_text = isinstance(topic, str) and isinstance(epoch, str)
    if not is_text or type(first) is not int or type(last) is not int or not 0 <= first <= last:
        return "fields"
    return str(topic), str(epoch), first, last
