"""What several tests of processes together need."""

from collections.abc import Iterator

import pytest
from emgrig.config import Rig
from emgrig.transport import Publisher


@pytest.fixture
def predictor(rig: Rig) -> Iterator[Publisher]:
    """In the place of the predictor: what it says is what moves the hand."""
    publisher = Publisher(rig.endpoints("predictor"), "predictor")
    yield publisher
    publisher.close()
