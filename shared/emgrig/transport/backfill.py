"""Ask producers for messages that were missed."""

import math
import time
from collections.abc import Iterator, Mapping

import msgpack
import zmq

from emgrig.errors import FrameError
from emgrig.messages import Message, decode_frames
from emgrig.transport.replay import MAX_PAGE_MESSAGES

__all__ = ["Backfiller"]

ANSWER_TIMEOUT_S = 2.0
"""How long a producer may take for a page; a dead one must not hold up the others' messages."""

FETCH_TIMEOUT_S = 30.0
"""How long a whole fetch may take; a producer that never comes to an end must not hold us up."""

SILENT_S = 5.0
"""How long a producer that did not answer is not asked again: with every gap it would cost more."""

NEWEST = (1 << 53) - 1


class Backfiller:
    """The consumer's side of the replay protocol.

    Args:
        addresses: Producer -> its replay address.

    Attributes:
        n_fetched: Messages that came this way.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.n_fetched = 0
        self._addresses = addresses
        self._ask_again: dict[str, float] = {}
        self._heard: set[str] = set()

    def fetch(
        self, source: str, topic: str, epoch: str, first: int, last: int = NEWEST
    ) -> Iterator[Message]:
        """Yield the messages first to last that the producer still has, in order."""
        address = self._addresses.get(source, "")
        if not address or time.monotonic() < self._ask_again.get(source, 0.0):
            return
        # A socket per fetch: an answer that comes too late can never be taken for the next one's.
        socket: zmq.Socket[bytes]
        with zmq.Context.instance().socket(zmq.DEALER) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.connect(address)
            is_last = False
            deadline = time.monotonic() + FETCH_TIMEOUT_S
            while not is_last and first <= last and time.monotonic() < deadline:
                request = {"topic": topic, "epoch": epoch, "first": first, "last": last}
                socket.send(msgpack.packb(request))
                page, first, is_last, is_answer = self._read_page(socket, first)
                if not is_answer:
                    self._ask_again[source] = time.monotonic() + SILENT_S
                asked = [m for m in page if _is_asked(m, source, topic, epoch)]
                self.n_fetched += len(asked)
                yield from asked
                # An honest page is empty only when there is no more.
                is_last = is_last or not asked

    def heard(self, source: str) -> None:
        """Take note that a producer speaks.

        One that did not answer before we first heard it stood still: it is asked again at once.
        """
        if source not in self._heard:
            self._heard.add(source)
            self._ask_again.pop(source, None)

    def _read_page(
        self, socket: "zmq.Socket[bytes]", first: int
    ) -> tuple[list[Message], int, bool, bool]:
        """Return a page, the next number to ask for, whether it was all, whether one came."""
        page: list[Message] = []
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while len(page) <= MAX_PAGE_MESSAGES:
            left_ms = max(0, math.ceil((deadline - time.monotonic()) * 1000))
            if not socket.poll(left_ms, zmq.POLLIN):
                break
            kind, *frames = socket.recv_multipart()
            if kind == b"end":
                return page, *_parse_end(frames, first), True
            try:
                page.append(decode_frames(frames))
            except FrameError:
                break
        return page, first, True, False


def _is_asked(message: Message, source: str, topic: str, epoch: str) -> bool:
    is_of_epoch = epoch in ("", message.epoch)
    return is_of_epoch and message.source == source and message.topic == topic


def _parse_end(frames: list[bytes], first: int) -> tuple[int, bool]:
    try:
        end = msgpack.unpackb(frames[0])
        next_seq, is_last = end["next_seq"], end["is_last"]
    except (ValueError, KeyError, IndexError, TypeError, msgpack.UnpackException):
        return first, True
    # A page that does not get on would be asked for again without end.
    if type(next_seq) is not int or type(is_last) is not bool or next_seq <= first:
        return first, True
    return next_seq, is_last
