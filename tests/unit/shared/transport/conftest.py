"""Each test has a producer, and consumers as it likes."""

from collections.abc import Iterator

import pytest
from emgrig.config import Endpoints
from emgrig.testing import free_ports
from emgrig.transport import Publisher

from tests.unit.shared.transport.loopback import Listening


@pytest.fixture
def endpoints() -> Endpoints:
    publish, replay = free_ports(2)
    return Endpoints(f"tcp://127.0.0.1:{publish}", f"tcp://127.0.0.1:{replay}")


@pytest.fixture
def publisher(endpoints: Endpoints) -> Iterator[Publisher]:
    publisher = Publisher(endpoints, "emg-acquirer")
    yield publisher
    publisher.close()


@pytest.fixture
def listen(endpoints: Endpoints) -> Iterator[Listening]:
    listening = Listening(endpoints)
    yield listening
    for subscriber in listening.opened:
        subscriber.close()
