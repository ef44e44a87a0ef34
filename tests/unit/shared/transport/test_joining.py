"""What a source had sent before a consumer came is told apart from what is lost."""

import secrets

import pytest
import zmq
from emgrig.config import Endpoints
from emgrig.transport import Publisher, backfill

from tests.unit.shared.transport.loopback import (
    EVENT,
    HEALTH,
    TOPIC,
    Listening,
    receive,
    send,
    send_before_joining,
)


def test_what_came_before_the_first_message_is_counted(
    publisher: Publisher, listen: Listening
) -> None:
    send_before_joining(publisher, 3)
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 1) == [3]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 3}


def test_what_a_topic_had_before_we_joined_its_source_is_not_fetched(
    publisher: Publisher, listen: Listening
) -> None:
    send_before_joining(publisher, 3)
    subscriber = listen("all", (TOPIC, EVENT))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send(EVENT)
    assert receive(subscriber, 1) == [0]

    send(publisher)

    assert receive(subscriber, 1) == [3]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 3}


def test_what_a_silent_topic_had_before_we_came_is_counted_and_not_fetched(
    publisher: Publisher, listen: Listening
) -> None:
    send_before_joining(publisher, 3)
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)

    publisher.send(HEALTH)

    assert subscriber.receive(0.5) is None
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 3}


def test_of_a_topic_first_seen_only_what_was_sent_since_we_joined_is_fetched(
    publisher: Publisher, listen: Listening
) -> None:
    send_before_joining(publisher, 2)
    subscriber = listen("all", (EVENT,))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send(EVENT)
    assert receive(subscriber, 1) == [0]
    # Lost on the way, as when a queue was full.
    send(publisher, 2)
    subscriber.topics = (EVENT, TOPIC)
    subscriber._socket.setsockopt(zmq.SUBSCRIBE, TOPIC.encode())
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 3) == [2, 3, 4]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 2}


def test_a_hot_path_does_not_call_it_an_overrun_that_it_came_later(
    publisher: Publisher, listen: Listening
) -> None:
    send_before_joining(publisher, 2)
    subscriber = listen("latest", (TOPIC, EVENT))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send(EVENT)
    assert receive(subscriber, 1) == [0]

    send(publisher)

    assert receive(subscriber, 1) == [2]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"before_join": 2}


def test_what_a_producer_that_stood_still_did_not_answer_is_fetched_when_it_is_back(
    endpoints: Endpoints, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "ANSWER_TIMEOUT_S", 0.1)
    subscriber = listen("all")
    # Nobody is at its replay address: as of a process that is stopped.
    subscriber.resume("emg-acquirer", TOPIC, "e", 3)
    monkeypatch.setattr(secrets, "token_hex", lambda _: "e")
    publisher = Publisher(endpoints, "emg-acquirer")
    send(publisher, 10)
    assert publisher.wait_for_subscriber(TOPIC, 5)

    send(publisher)

    assert receive(subscriber, 8) == [*range(3, 11)]
    publisher.close()
