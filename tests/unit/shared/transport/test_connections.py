"""Whose connection ended is known at once, without a word from him."""

from emgrig.config import Endpoints
from emgrig.testing import free_ports, wait_until
from emgrig.transport import Publisher, Source, Subscriber


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
