"""Publisher and subscriber on loopback: policies, replay, and what is counted."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgpack
import numpy as np
import pytest
import zmq
from emgrig.config import Endpoints
from emgrig.errors import FrameDecodeError, SettingsError
from emgrig.messages import Ledger, Message, encode_frames, pack_timestamps
from emgrig.testing import free_ports, wait_until
from emgrig.transport import Publisher, Source, Subscriber
from emgrig.transport.replay import MAX_PAGE_MESSAGES, ReplayRing, parse_request

CHUNK = {"timestamps": pack_timestamps(np.zeros(1)), "channel_names": []}
TOPIC = "chunk/emg"
EVENT = "event/cue"


@pytest.fixture
def endpoints() -> Endpoints:
    publish, replay = free_ports(2)
    return Endpoints(f"tcp://127.0.0.1:{publish}", f"tcp://127.0.0.1:{replay}")


@pytest.fixture
def publisher(endpoints: Endpoints) -> Iterator[Publisher]:
    publisher = Publisher(endpoints, "emg-acquirer")
    yield publisher
    publisher.close()


class Listening:
    """Makes subscribers that are closed at the end of the test."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.opened: list[Subscriber] = []

    def __call__(self, keep: str, topics: tuple[str, ...] = (TOPIC,)) -> Subscriber:
        source = Source("emg-acquirer", self.endpoints)
        subscriber = Subscriber([source], topics, keep=keep)  # type: ignore[arg-type]
        self.opened.append(subscriber)
        return subscriber


@pytest.fixture
def listen(endpoints: Endpoints) -> Iterator[Listening]:
    listening = Listening(endpoints)
    yield listening
    for subscriber in listening.opened:
        subscriber.close()


def send(publisher: Publisher, n: int = 1) -> None:
    for _ in range(n):
        publisher.send(TOPIC, np.zeros((1, 1), np.float32), fields=CHUNK)


def receive(subscriber: Subscriber, n: int) -> list[int]:
    numbers = []
    for _ in range(n):
        message = subscriber.receive(5)
        assert message is not None
        numbers.append(message.seq)
        subscriber.ledger.use(message.topic)
    return numbers


def test_message_0_arrives_after_the_handshake(publisher: Publisher, listen: Listening) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 1) == [0]


def test_nobody_subscribes_means_no_handshake(publisher: Publisher) -> None:
    assert not publisher.wait_for_subscriber(TOPIC, 0.05)
    assert publisher.subscriptions() == {}


def test_a_time_out_returns_nothing(listen: Listening) -> None:
    assert listen("all").receive(0.05) is None


def test_all_hands_out_everything_in_order(publisher: Publisher, listen: Listening) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher, 300)

    assert receive(subscriber, 300) == list(range(300))
    assert subscriber.ledger.is_balanced


def test_latest_skips_to_the_newest_and_counts(publisher: Publisher, listen: Listening) -> None:
    subscriber = listen("latest")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher, 50)
    # The last one is there: so are those before it.
    newest: list[int] = []
    while 49 not in newest:
        newest += receive(subscriber, 1)

    counts = subscriber.ledger.as_dict()[TOPIC]
    assert counts["received"] == 50
    assert counts["used"] + counts["skipped"].get("superseded", 0) == 50
    assert all(a < b for a, b in pairwise(newest))


def test_what_came_before_the_first_message_is_counted(
    publisher: Publisher, listen: Listening
) -> None:
    send(publisher, 3)
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 1) == [3]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 3}


def test_a_consumer_that_comes_back_gets_what_it_missed(
    publisher: Publisher, listen: Listening
) -> None:
    send(publisher, 3 * MAX_PAGE_MESSAGES)
    subscriber = listen("all")

    subscriber.resume("emg-acquirer", TOPIC, publisher.epoch, 5)

    assert receive(subscriber, 3 * MAX_PAGE_MESSAGES - 5) == list(range(5, 3 * MAX_PAGE_MESSAGES))
    assert subscriber.ledger.is_balanced


def test_a_gap_is_filled_before_the_message_after_it(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher)
    assert receive(subscriber, 1) == [0]

    # Sent while nobody is subscribed, as when a queue was full.
    subscriber._socket.setsockopt(zmq.UNSUBSCRIBE, TOPIC.encode())
    wait_unsubscribed(publisher)
    send(publisher, 4)
    subscriber._socket.setsockopt(zmq.SUBSCRIBE, TOPIC.encode())
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher)

    assert receive(subscriber, 5) == [1, 2, 3, 4, 5]
    assert subscriber.back_filled == 4


def wait_unsubscribed(publisher: Publisher) -> None:
    while TOPIC in publisher.subscriptions():
        publisher._socket.poll(1000)


def publisher_again(endpoints: Endpoints) -> Publisher:
    """Return a publisher on addresses that libzmq's own thread is still freeing."""
    made: list[Publisher] = []

    def is_made() -> bool:
        try:
            made.append(Publisher(endpoints, "emg-acquirer"))
        except SettingsError:
            return False
        return True

    wait_until(is_made, 5)
    return made[0]


def test_a_restarted_producer_begins_a_new_epoch(
    endpoints: Endpoints, publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher, 2)
    assert receive(subscriber, 2) == [0, 1]
    publisher.close()

    second = publisher_again(endpoints)
    try:
        send(second, 3)
        # libzmq subscribes anew in the thread that receives.
        wait_until(lambda: not subscriber.receive(0.05) and TOPIC in second.subscriptions(), 10)
        send(second)

        assert receive(subscriber, 4) == [0, 1, 2, 3]
        assert second.epoch != publisher.epoch
    finally:
        second.close()


def test_what_the_ring_no_longer_has_is_counted_as_lost(
    endpoints: Endpoints, publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all", (TOPIC, EVENT))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send("log/x")
    publisher.send(EVENT)
    assert receive(subscriber, 1) == [0]
    publisher.sent[EVENT] += 2

    publisher.send(EVENT)

    assert receive(subscriber, 1) == [3]
    assert subscriber.ledger.as_dict()[EVENT]["skipped"] == {"not_replayed": 2}
    assert subscriber.ledger.is_balanced


def test_frames_that_are_no_message_are_refused_and_counted(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    publisher._socket.send_multipart([TOPIC.encode(), b"junk", b""])
    send(publisher)

    assert receive(subscriber, 1) == [0]
    assert subscriber.ledger.as_dict()["invalid"]["refused"] == {"decode": 1}
    assert isinstance(subscriber.refusal, FrameDecodeError)


def test_a_topic_that_only_begins_like_ours_is_not_ours(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    publisher.send("chunk/emg2", np.zeros((1, 1), np.float32), fields=CHUNK)
    send(publisher)

    message = subscriber.receive(5)
    assert message is not None
    assert message.topic == TOPIC


def test_health_is_heard_and_not_handed_out(publisher: Publisher, listen: Listening) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber("health/emg-acquirer", 5)

    publisher.send("health/emg-acquirer")

    assert subscriber.receive(0.3) is None
    assert "emg-acquirer" in subscriber.heard


def test_every_process_adds_its_hop_to_the_trace(publisher: Publisher) -> None:
    first = publisher.send(EVENT, t_in_ns=5)
    second = publisher.send(EVENT, trace=first.trace)

    assert [hop.process for hop in second.trace] == ["emg-acquirer"] * 2
    assert second.trace[0].t_in_ns == 5


def test_an_address_in_use_is_told_with_what_to_do(
    endpoints: Endpoints, publisher: Publisher
) -> None:
    with pytest.raises(SettingsError, match="stop the other rig"):
        Publisher(endpoints, "predictor")
    taken_replay = Endpoints(f"tcp://127.0.0.1:{free_ports(1)[0]}", endpoints.replay)
    with pytest.raises(SettingsError, match="stop the other rig"):
        Publisher(taken_replay, "predictor")


def test_a_served_ipc_path_is_not_taken_over(tmp_path: Path) -> None:
    endpoints = Endpoints(f"ipc://{tmp_path}/bus/predictor")
    first = Publisher(endpoints, "predictor")
    try:
        with pytest.raises(SettingsError, match="served by another process"):
            Publisher(endpoints, "predictor")
    finally:
        first.close()


def test_a_dead_ipc_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "predictor").touch()

    Publisher(Endpoints(f"ipc://{tmp_path}/predictor"), "predictor").close()


def test_the_wake_descriptor_ends_a_wait_at_once(endpoints: Endpoints) -> None:
    import os

    read_fd, write_fd = os.pipe()
    source = Source("emg-acquirer", endpoints)
    subscriber = Subscriber([source], [TOPIC], keep="latest", wake_fd=read_fd)
    try:
        os.write(write_fd, b"\0")
        assert subscriber.receive(60) is None
    finally:
        subscriber.close()
        os.close(read_fd)
        os.close(write_fd)


def kept(seq: int, topic: str = TOPIC, size: int = 1) -> Message:
    data = np.zeros((size, 1), np.float32)
    fields = {"timestamps": pack_timestamps(np.zeros(size)), "channel_names": []}
    return Message(topic=topic, source="s", epoch="e", seq=seq, data=data, fields=fields)


def test_the_ring_is_bounded_in_bytes() -> None:
    ring = ReplayRing(ring_bytes=10_000)
    for seq in range(100):
        ring.append(kept(seq, size=50), encode_frames(kept(seq, size=50)))

    assert ring.n_bytes <= 10_000
    page = ring.page(TOPIC, 0, 1 << 60)
    assert page.next_seq == 100
    assert page.is_last
    assert 0 < len(page.frames) < 20


def test_the_ring_is_bounded_in_time() -> None:
    ring = ReplayRing(ring_s=0.0)
    ring.append(kept(0), encode_frames(kept(0)))
    ring.append(kept(1), encode_frames(kept(1)))

    assert len(ring.page(TOPIC, 0, 9).frames) <= 1


def test_the_ring_keeps_nothing_of_the_hot_path() -> None:
    ring = ReplayRing()
    message = Message(topic="window/emg", source="s", epoch="e", seq=0, data=np.zeros((1, 1)))
    ring.append(message, (b"", b"", b""))

    assert ring.n_bytes == 0
    assert ring.page("window/emg", 0, 9).frames == []


@pytest.mark.parametrize(
    "request_frames",
    [
        [],
        [b"\xc1"],
        [b"a", b"b"],
        [msgpack.packb([1])],
        [msgpack.packb({"topic": 1, "epoch": "", "first": 0, "last": 1})],
        [msgpack.packb({"topic": TOPIC, "epoch": "", "first": -1, "last": 1})],
        [msgpack.packb({"topic": TOPIC, "epoch": "", "first": 2, "last": 1})],
        [msgpack.packb({"topic": TOPIC, "epoch": "", "first": 0.0, "last": 1})],
    ],
)
def test_a_replay_request_that_is_not_one_gets_no_answer(request_frames: list[bytes]) -> None:
    assert parse_request(request_frames) is None


def test_a_shared_ledger_counts_for_every_subscriber(endpoints: Endpoints) -> None:
    ledger = Ledger()
    source = Source("emg-acquirer", endpoints)
    subscriber = Subscriber([source], [TOPIC], keep="latest", ledger=ledger)
    subscriber.close()

    assert subscriber.ledger is ledger
