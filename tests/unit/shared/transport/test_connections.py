"""Whose connection ended is known at once, without a word from him."""

import time

from emgrig.config import Endpoints
from emgrig.testing import free_ports, wait_until
from emgrig.transport import Publisher, Source, Subscriber
from emgrig.transport.connections import Reconnector

ADDRESS = "tcp://127.0.0.1:1"


class Connecting:
    """Stands for a socket: counts how often it connects."""

    def __init__(self) -> None:
        self.n_connected = 0

    def connect(self, _: str) -> None:
        self.n_connected += 1

    def disconnect(self, _: str) -> None:
        """Nothing is connected here."""


def looks(heard: dict[float, float]) -> int:
    """Return how often one connects anew who looks at times at a source heard at times."""
    socket = Connecting()
    reconnector = Reconnector(socket, {ADDRESS: "predictor"})  # type: ignore[arg-type]
    began = time.monotonic()
    for now, heard_at in heard.items():
        reconnector.look(began + now, {"predictor": began + heard_at})
    return socket.n_connected - 1


def test_who_is_silent_is_connected_to_anew_every_five_seconds():
    assert looks({float(now): 0.0 for now in range(1, 14)}) == 2


def test_who_stood_still_himself_connects_anew_to_nobody():
    assert looks({1.0: 1.0, 2.0: 2.0, 3.0: 2.6, 7.8: 2.6, 8.8: 8.7}) == 0


def test_a_producer_that_ends_is_named_once():
    endpoints = Endpoints(publish=f"tcp://127.0.0.1:{free_ports(1)[0]}")
    publisher = Publisher(endpoints, "predictor")
    subscriber = Subscriber([Source("predictor", endpoints)], ["prediction/hand"], keep="latest")
    assert publisher.wait_for_subscriber("prediction/hand", 10)
    assert subscriber.connections.lost() == set()

    publisher.close()

    wait_until(lambda: subscriber.connections.lost() == {"predictor"}, 5)
    assert subscriber.connections.lost() == set()
    subscriber.close()


def test_reading_after_the_end_is_harmless():
    endpoints = Endpoints(publish=f"tcp://127.0.0.1:{free_ports(1)[0]}")
    subscriber = Subscriber([Source("predictor", endpoints)], ["prediction/hand"], keep="latest")

    subscriber.close()
    subscriber.close()

    assert subscriber.connections.lost() == set()
