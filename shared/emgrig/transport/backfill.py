"""Ask producers for messages that were missed."""

import math
import time
from collections.abc import Mapping
from typing import NamedTuple

import msgpack
import zmq

from emgrig.errors import FrameDecodeError, FrameError
from emgrig.messages import Message, decode_frames, unpack_map
from emgrig.transport.backlog import Key
from emgrig.transport.connections import MAX_FRAME_BYTES
from emgrig.transport.replay import MAX_PAGE_BYTES, MAX_PAGE_MESSAGES

__all__ = ["Answer", "Backfiller"]

ANSWER_TIMEOUT_S = 2.0
"""How long a producer may take for a page; a dead one must not hold up the others' messages."""

SILENT_S = 5.0
"""How long a producer that did not answer is not asked again: with every gap it would cost more."""

NEWEST = (1 << 53) - 1

MAX_EPOCH = 64
QUEUED_MESSAGES = 8
"""Of an answer, before its sender has to wait: he may send the largest."""


class Answer(NamedTuple):
    """A page of what was asked for.

    Attributes:
        messages: In the order in which they came.
        epoch: The producer's present one; empty where the page broke off.
        is_last: Whether there is no more of it now.
    """

    messages: list[Message]
    epoch: str
    is_last: bool


class Backfiller:
    """The consumer's side of the replay protocol.

    Args:
        addresses: Producer -> its replay address.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = {name: address for name, address in addresses.items() if address}
        self._unanswered: dict[str, float] = {}

    def has_replay(self, source: str) -> bool:
        """Whether there is somebody to ask."""
        return source in self._addresses

    def may_ask(self, source: str, heard_at: float, *, is_urgent: bool) -> bool:
        """Tell whether an answer can be expected.

        Args:
            source: Whose messages.
            heard_at: Monotonic seconds of the newest one: who stands still is not asked again.
            is_urgent: There is no time to wait for a better moment.
        """
        unanswered_at = self._unanswered.get(source)
        if unanswered_at is None:
            return True
        is_due = is_urgent or time.monotonic() - unanswered_at >= SILENT_S
        return is_due and heard_at > unanswered_at

    def ask(self, key: Key, epoch: str, first: int, last: int | None) -> Answer | None:
        """Return a page of the messages first to last of a sequence; None without an answer."""
        source, topic = key
        # A socket per page: an answer that comes too late can never be taken for the next one's.
        socket: zmq.Socket[bytes]
        with zmq.Context.instance().socket(zmq.DEALER) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, QUEUED_MESSAGES)
            socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
            socket.connect(self._addresses[source])
            request = {"topic": topic, "epoch": epoch, "first": first}
            socket.send(msgpack.packb(request | {"last": NEWEST if last is None else last}))
            messages, epoch, is_last = _read_page(socket)
        asked = [m for m in messages if (m.source, m.topic) == key]
        if not asked and not epoch:
            self._unanswered[source] = time.monotonic()
            return None
        self._unanswered.pop(source, None)
        return Answer(asked, epoch, is_last)


def _read_page(socket: "zmq.Socket[bytes]") -> Answer:
    """Return a page; one that breaks off, or that is too large, as far as it came."""
    messages: list[Message] = []
    n_bytes = 0
    deadline = time.monotonic() + ANSWER_TIMEOUT_S
    while len(messages) <= MAX_PAGE_MESSAGES and n_bytes <= 2 * MAX_PAGE_BYTES:
        left_ms = max(0, math.ceil((deadline - time.monotonic()) * 1000))
        if not socket.poll(left_ms, zmq.POLLIN):
            break
        kind, *frames = socket.recv_multipart()
        if kind == b"end":
            return Answer(messages, *_parse_end(frames))
        try:
            messages.append(decode_frames(frames))
        except FrameError:
            break
        n_bytes += sum(map(len, frames))
    return Answer(messages, "", False)


def _parse_end(frames: list[bytes]) -> tuple[str, bool]:
    try:
        end = unpack_map(frames[0], "the end of a page")
        epoch, is_last = end["epoch"], end["is_last"]
    except (FrameDecodeError, KeyError, IndexError):
        return "", False
    if isinstance(epoch, str) and len(epoch) <= MAX_EPOCH and type(is_last) is bool:
        return epoch, is_last
    return "", False
