"""Rigs that the tests of a file share: starting one takes ten seconds, and half a processor."""

from collections.abc import Iterator

import pytest

from tests.fault.live_rig import TWO_ACQUIRERS, LiveRig, live_rig


@pytest.fixture(scope="module")
def shared_live_rig(tmp_path_factory) -> Iterator[LiveRig]:
    with live_rig(tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture
def live(shared_live_rig: LiveRig) -> LiveRig:
    """A rig that is up and healthy, its hand following predictions."""
    shared_live_rig.wait_healthy()
    return shared_live_rig


@pytest.fixture(scope="module")
def shared_doubled_rig(tmp_path_factory) -> Iterator[LiveRig]:
    with live_rig(tmp_path_factory.mktemp("doubled"), TWO_ACQUIRERS) as live:
        yield live


@pytest.fixture
def doubled(shared_doubled_rig: LiveRig) -> LiveRig:
    """A rig with two acquirers that is up and healthy, its hand following predictions."""
    shared_doubled_rig.wait_healthy()
    return shared_doubled_rig
