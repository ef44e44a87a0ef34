"""Publisher and subscriber on loopback: policies, replay, and what is counted."""

from itertools import pairwise

import numpy as np
import pytest
import zmq
from emgrig.config import Endpoints
from emgrig.errors import FrameDecodeError
from emgrig.testing import wait_until
from emgrig.transport import Publisher, connections
from emgrig.transport.replay import MAX_PAGE_MESSAGES

from tests.unit.shared.transport.loopback import (
    CHUNK,
    EVENT,
    TOPIC,
    Listening,
    publisher_again,
    receive,
    send,
    wait_unsubscribed,
)


def test_message_0_arrives_after_the_handshake(publisher: Publisher, listen: Listening) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 1) == [0]


def test_nobody_subscribes_means_no_handshake(publisher: Publisher) -> None:
    assert not publisher.wait_for_subscriber(TOPIC, 0.05)
    assert publisher.subscriptions() == {}


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


def test_what_waited_while_a_consumer_stood_still_is_read(
    publisher: Publisher, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever does not read hears nobody, and must not take it for his sources' silence."""
    monkeypatch.setattr(connections, "CONNECT_AGAIN_S", 0.0)
    subscriber = listen("all", (EVENT,))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send(EVENT)
    wait_until(lambda: bool(subscriber._poller.poll(0)), 5)

    message = subscriber.receive(0.0)

    assert message is not None
    assert message.topic == EVENT


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
