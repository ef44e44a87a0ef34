"""Rigs that the tests of a file share: starting one takes ten seconds, and half a processor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.live_rig import TWO_ACQUIRERS, LiveRig, live_rig

WHOLE_RIG = {"LiveRig", "fault_rig", "live_rig"}
"""What a file imports whose tests run a whole rig and hold it to real time."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let there be one whole rig at a time, also where tests run side by side."""
    for item in items:
        if isinstance(item, pytest.Function) and Path(__file__).parent in item.path.parents:
            is_rig = not WHOLE_RIG.isdisjoint(vars(item.module))
            item.add_marker(pytest.mark.xdist_group("rig" if is_rig else item.path.stem))


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
