"""Which source the acquirer reads, chosen while it runs."""

import secrets
from collections.abc import Iterator

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import acquirer_pb2
from emgrig.errors import RequestError
from emgrig.messages import Ledger
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig.transport import Source, Subscriber

from tests.integration.acquirer_and_outlets import (
    RATE_HZ,
    open_outlet,
    push,
    receive,
    source_status,
)


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"emg-acquirer": {"stream_name": f"EMG{secrets.token_hex(4)}"}})


@pytest.fixture
def acquirer(rig) -> Iterator[Process]:
    with running("emg-acquirer", rig) as process:
        yield process


@pytest.fixture
def bus(rig) -> Iterator[Subscriber]:
    source = Source("emg-acquirer", rig.endpoints("emg-acquirer"))
    subscriber = Subscriber([source], ["window/emg", "chunk/emg"], keep="all", ledger=Ledger())
    yield subscriber
    subscriber.close()


def choose(acquirer: Process, **criteria: str):
    request = acquirer_pb2.ChooseSourceRequest(**criteria)
    return acquirer.client.call("Acquirer.ChooseSource", request)


def open_other() -> pylsl.StreamOutlet:
    """Publish a stream of two channels that rig.toml does not name."""
    name = f"Amp{secrets.token_hex(4)}"
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "EMG", 2, RATE_HZ, "float32", name))


def visible(acquirer: Process) -> dict[str, bool]:
    """Return the name of every visible stream, and whether it is read."""
    reply = acquirer.client.call("Acquirer.ListSources", acquirer_pb2.ListSourcesRequest())
    return {one.name: one.connected for one in reply.sources}


def test_another_source_is_chosen_while_it_runs(rig, acquirer, bus):
    own, other = open_outlet(rig), open_other()
    push(own, np.zeros((400, 4), np.float32), 10.0)
    receive(bus, 400)
    names = {own.get_info().name(): True, other.get_info().name(): False}
    wait_until(lambda: visible(acquirer).items() >= names.items(), 10)

    reply = choose(acquirer, name=other.get_info().name())

    assert reply.chosen
    assert other.get_info().name() in reply.wanted
    assert other.wait_for_consumers(20)
    push(other, np.ones((400, 2), np.float32), 20.0)
    _, chunks = receive(bus, 400)
    assert {chunk.data.shape[1] for chunk in chunks} == {2}
    # The samples go on counting; the change is a gap.
    assert chunks[0].sample_index == 400
    assert source_status(acquirer).gaps == 1


def test_a_choice_is_kept_over_a_restart_until_it_is_forgotten(rig, acquirer):
    own, other = open_outlet(rig), open_other()
    choose(acquirer, name=other.get_info().name())
    acquirer.kill()

    with running("emg-acquirer", rig) as second:
        wait_until(lambda: source_status(second).n_channels == 2, 20)
        assert source_status(second).chosen
        # Without any criterion: as rig.toml says.
        assert not choose(second).chosen
        wait_until(lambda: source_status(second).name == own.get_info().name(), 20)


def test_criteria_that_cannot_be_looked_for_are_refused(acquirer):
    with pytest.raises(RequestError, match="without quotes as name"):
        choose(acquirer, name="x' or name='y")
