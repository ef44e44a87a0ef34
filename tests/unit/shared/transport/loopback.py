"""A producer and its consumers on loopback."""

import numpy as np
import zmq
from emgrig.config import Endpoints
from emgrig.errors import SettingsError
from emgrig.messages import pack_timestamps
from emgrig.testing import wait_until
from emgrig.transport import Publisher, Source, Subscriber

CHUNK = {"timestamps": pack_timestamps(np.zeros(1)), "channel_names": []}
TOPIC = "chunk/emg"
EVENT = "event/model"
HEALTH = "health/emg-acquirer"


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


def send_before_joining(publisher: Publisher, n: int) -> None:
    """Send so long before somebody listens that no message's way is longer."""
    send(publisher, n)
    assert not publisher.wait_for_subscriber(TOPIC, 0.2)


def wait_unsubscribed(publisher: Publisher) -> None:
    while TOPIC in publisher.subscriptions():
        publisher._socket.poll(1000)


def leave_out(publisher: Publisher, subscriber: Subscriber, n: int) -> None:
    """Send messages that do not arrive, as when a queue was full."""
    subscriber._socket.setsockopt(zmq.UNSUBSCRIBE, TOPIC.encode())
    wait_unsubscribed(publisher)
    send(publisher, n)
    subscriber._socket.setsockopt(zmq.SUBSCRIBE, TOPIC.encode())
    assert publisher.wait_for_subscriber(TOPIC, 5)


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
