"""What is missing is asked for until it is there; what comes after it waits for it."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from emgrig.config import Endpoints
from emgrig.testing import wait_until
from emgrig.transport import Publisher, Subscriber, backfill, filling
from emgrig.transport.replay import ReplayServer

from tests.unit.shared.transport.loopback import (
    EVENT,
    HEALTH,
    TOPIC,
    Listening,
    leave_out,
    receive,
    send,
)


@pytest.fixture
def deaf(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A producer that does not answer, as one that stands still just when it is asked."""
    monkeypatch.setattr(backfill, "ANSWER_TIMEOUT_S", 0.1)
    monkeypatch.setattr(backfill, "SILENT_S", 0.0)
    publisher = Publisher(Endpoints(endpoints.publish), "emg-acquirer")
    yield publisher
    publisher.close()


@pytest.fixture
def answering(deaf: Publisher, endpoints: Endpoints) -> Iterator[list[ReplayServer]]:
    """Where a test puts what answers for the deaf producer at last."""
    servers: list[ReplayServer] = []
    yield servers
    for server in servers:
        server.close()


def serve(publisher: Publisher, endpoints: Endpoints) -> ReplayServer:
    return ReplayServer(
        endpoints.replay, "emg-acquirer", publisher.epoch, publisher._ring, lambda _: None
    )


def hear(publisher: Publisher, subscriber: Subscriber) -> None:
    """Let a subscriber hear its source, and nothing that it asked for."""
    before = subscriber.heard.get("emg-acquirer", 0.0)
    publisher.send(HEALTH)
    wait_until(lambda: bool(subscriber._poller.poll(0)), 5)
    subscriber._drain()
    assert subscriber.heard["emg-acquirer"] > before


def with_a_gap(publisher: Publisher, listen: Listening) -> Subscriber:
    """Return a subscriber that has 0, lacks 1 to 4 and was sent 5."""
    subscriber = listen("all", (TOPIC, EVENT))
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher)
    assert receive(subscriber, 1) == [0]
    leave_out(publisher, subscriber, 4)
    send(publisher)
    assert subscriber.receive(0.3) is None
    return subscriber


def test_who_resumes_gets_the_next_epoch_from_its_start(
    publisher: Publisher, listen: Listening
) -> None:
    send(publisher, 4)
    subscriber = listen("all")

    subscriber.resume("emg-acquirer", TOPIC, "that of the one before", 70)

    assert receive(subscriber, 4) == [0, 1, 2, 3]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {}


def test_who_resumes_while_the_next_epoch_waits_gets_it_from_its_start(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    leave_out(publisher, subscriber, 4)
    send(publisher)
    wait_until(lambda: bool(subscriber._poller.poll(0)), 5)
    subscriber._drain()

    subscriber.resume("emg-acquirer", TOPIC, "that of the one before", 70)

    assert receive(subscriber, 5) == [0, 1, 2, 3, 4]
    assert subscriber.receive(0.1) is None
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {}


def test_a_tail_that_was_not_answered_is_asked_for_when_its_source_is_heard(
    deaf: Publisher, answering: list[ReplayServer], endpoints: Endpoints, listen: Listening
) -> None:
    for _ in range(3):
        deaf.send(EVENT)
    subscriber = listen("all", (EVENT,))
    assert deaf.wait_for_subscriber(HEALTH, 5)
    subscriber.resume("emg-acquirer", EVENT, deaf.epoch, 1)
    assert subscriber.receive(0.2) is None
    answering.append(serve(deaf, endpoints))
    assert subscriber.receive(0.2) is None

    hear(deaf, subscriber)

    assert receive(subscriber, 2) == [1, 2]


def test_a_gap_that_was_not_answered_is_filled_when_its_source_is_heard(
    deaf: Publisher, answering: list[ReplayServer], endpoints: Endpoints, listen: Listening
) -> None:
    subscriber = with_a_gap(deaf, listen)
    answering.append(serve(deaf, endpoints))

    send(deaf)

    assert receive(subscriber, 6) == [1, 2, 3, 4, 5, 6]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {}


def test_who_stands_still_is_asked_once(
    deaf: Publisher, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscriber = with_a_gap(deaf, listen)
    monkeypatch.setattr(backfill, "ANSWER_TIMEOUT_S", 10.0)

    began = time.monotonic()

    assert subscriber.receive(0.1) is None
    assert time.monotonic() - began < 5.0


def test_others_do_not_wait_for_a_gap(deaf: Publisher, listen: Listening) -> None:
    subscriber = with_a_gap(deaf, listen)

    deaf.send(EVENT)

    message = subscriber.receive(5)
    assert message is not None
    assert message.topic == EVENT


def test_what_is_not_answered_in_time_is_given_up(
    deaf: Publisher, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "GIVE_UP_S", 0.5)

    subscriber = with_a_gap(deaf, listen)

    wait_until(lambda: subscriber.receive(0.1) is not None, 5)
    subscriber.ledger.use(TOPIC)
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"not_replayed": 4}
    assert subscriber.ledger.is_balanced


def test_whoever_ends_does_not_wait(deaf: Publisher, listen: Listening) -> None:
    subscriber = with_a_gap(deaf, listen)

    assert subscriber.settle()

    assert receive(subscriber, 1) == [5]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {"not_replayed": 4}
    assert not subscriber.settle()


def test_whoever_ends_asks_a_last_time(
    deaf: Publisher,
    answering: list[ReplayServer],
    endpoints: Endpoints,
    listen: Listening,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscriber = with_a_gap(deaf, listen)
    monkeypatch.setattr(backfill, "SILENT_S", 60.0)
    answering.append(serve(deaf, endpoints))
    hear(deaf, subscriber)
    assert subscriber.receive(0.1) is None

    assert subscriber.settle()

    assert receive(subscriber, 5) == [1, 2, 3, 4, 5]


def test_a_source_that_comes_later_is_heard_from_its_first_message(
    endpoints: Endpoints, listen: Listening
) -> None:
    subscriber = listen("all")
    with closing(Publisher(endpoints, "emg-acquirer")) as publisher:
        leave_out(publisher, subscriber, 3)

        send(publisher)

        assert receive(subscriber, 4) == [0, 1, 2, 3]
