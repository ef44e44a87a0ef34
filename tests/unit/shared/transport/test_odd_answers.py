"""Whatever a producer answers, asking comes to an end and keeps little."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgpack
import numpy as np
import pytest
import zmq
from emgrig.config import Endpoints
from emgrig.messages import Message, encode_frames
from emgrig.transport import Publisher, backfill
from emgrig.transport.admission import MAX_STEP
from emgrig.transport.backfill import Backfiller
from emgrig.transport.replay import MAX_PAGE_BYTES, MAX_PAGE_MESSAGES

from tests.unit.shared.transport.loopback import EVENT, Listening, receive

SOURCE = "emg-acquirer"
KEY = (SOURCE, EVENT)

type Page = Iterator[list[bytes]]


@contextmanager
def answering(address: str, page: Callable[[dict], Page]) -> Iterator[None]:
    """Answer every request by a page as a test likes it."""
    stopping = threading.Event()

    def serve() -> None:
        with zmq.Context.instance().socket(zmq.ROUTER) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            # An asker that is gone, or whose queue is full, is told apart from one that reads.
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            socket.setsockopt(zmq.SNDTIMEO, 500)
            socket.setsockopt(zmq.SNDHWM, 4)
            socket.bind(address)
            while not stopping.is_set():
                if socket.poll(50):
                    peer, request = socket.recv_multipart()
                    with suppress(zmq.ZMQError):
                        for frames in page(msgpack.unpackb(request)):
                            socket.send_multipart([peer, *frames])

    helper = threading.Thread(target=serve)
    helper.start()
    try:
        yield
    finally:
        stopping.set()
        helper.join()


def replayed(seq: int, *, size: int = 0, epoch: str = "e") -> list[bytes]:
    data = np.zeros(size, np.uint8)
    message = Message(topic=EVENT, source=SOURCE, epoch=epoch, seq=seq, data=data)
    return [b"message", *encode_frames(message)]


def end(epoch: str = "e", *, is_last: bool = True) -> list[bytes]:
    return [b"end", msgpack.packb({"epoch": epoch, "next_seq": 0, "is_last": is_last})]


@pytest.mark.parametrize(("size", "limit"), [(0, MAX_PAGE_MESSAGES + 1), (6 << 20, 3)])
def test_a_page_without_end_is_read_up_to_a_limit(
    endpoints: Endpoints, size: int, limit: int
) -> None:
    def page(_: dict) -> Page:
        return (replayed(seq, size=size) for seq in itertools.count())

    with answering(endpoints.replay, page):
        answer = Backfiller({SOURCE: endpoints.replay}).ask(KEY, "e", 0, None)

    assert answer is not None
    assert len(answer.messages) == limit
    assert limit * size <= 3 * MAX_PAGE_BYTES


def test_a_frame_beyond_all_limits_is_not_received(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "ANSWER_TIMEOUT_S", 0.5)
    monkeypatch.setattr(backfill, "MAX_FRAME_BYTES", 1 << 20)

    def page(_: dict) -> Page:
        yield replayed(0, size=2 << 20)
        yield end()

    with answering(endpoints.replay, page):
        assert Backfiller({SOURCE: endpoints.replay}).ask(KEY, "e", 0, 9) is None


def test_a_producer_that_is_another_with_every_answer_is_not_waited_for(
    endpoints: Endpoints, listen: Listening
) -> None:
    numbers = itertools.count()
    subscriber = listen("all", (EVENT,))
    subscriber.resume(*KEY, "e", 3)

    with answering(endpoints.replay, lambda _: iter([end(f"e{next(numbers)}")])):
        assert subscriber.receive(0.2) is None
        assert not subscriber.settle()

    assert 1 < next(numbers) < 10_000


def test_a_number_that_no_loss_explains_does_not_end_us(
    publisher: Publisher, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.sent[EVENT] = MAX_STEP + 10
    publisher.send(EVENT)
    subscriber = listen("all", (EVENT,))

    subscriber.resume(*KEY, publisher.epoch, 3)

    assert subscriber.receive(0.2) is None
    assert subscriber.ledger.is_balanced


def test_a_page_that_broke_off_is_gone_on_with(endpoints: Endpoints, listen: Listening) -> None:
    def page(request: dict) -> Page:
        yield replayed(request["first"])
        yield [b"message", b"junk"] if request["first"] < 3 else end()

    subscriber = listen("all", (EVENT,))
    subscriber.resume(*KEY, "e", 0)

    with answering(endpoints.replay, page):
        assert receive(subscriber, 4) == [0, 1, 2, 3]
