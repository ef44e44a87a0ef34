"""Rigs that the tests of a room share: starting one takes ten seconds, and half a processor."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from emgrig.control import recorder_pb2

from tests.fault.live_rig import TWO_ACQUIRERS, LiveRig, Tables, live_rig

WHOLE_RIG = {"LiveRig", "fault_rig", "live_rig"}
"""What a file imports whose tests run a whole rig and hold it to real time."""
SHARED = ("live", "doubled")
"""Fixtures with a rig that stays up for the next test."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Let there be one whole rig at a time, also where tests run side by side."""
    for item in items:
        if isinstance(item, pytest.Function) and is_of_this_room(item):
            is_rig = not WHOLE_RIG.isdisjoint(vars(item.module))
            item.add_marker(pytest.mark.xdist_group("rig" if is_rig else item.path.stem))
    yield
    items.sort(key=turn_of)


def is_of_this_room(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


def turn_of(item: pytest.Item) -> int:
    """Return 0 for what starts its own rigs, then one number for each rig that stays up."""
    names = getattr(item, "fixturenames", ())
    turns = [turn for turn, name in enumerate(SHARED, 1) if name in names]
    return max(turns, default=0) if is_of_this_room(item) else 0


class SharedRig:
    """A whole rig; another one takes its place when it is wanted, or when this one has failed."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._up = ExitStack()
        self._tables: Tables | None = None
        self._live: LiveRig | None = None

    def rig(self, tables: Tables) -> LiveRig:
        """Return a rig with these tables."""
        if self._live is not None and self._tables == tables and self._is_sound(self._live):
            return self._live
        self.close()
        folder = self._folders.mktemp("live")
        self._tables, self._live = tables, self._up.enter_context(live_rig(folder, tables))
        return self._live

    def _is_sound(self, live: LiveRig) -> bool:
        try:
            live.wait_healthy()
        except AssertionError:
            return False
        # A test that failed may have left its take.
        status = live.client.call(
            "recorder", "Recorder.GetRecording", recorder_pb2.GetRecordingRequest()
        )
        return not (status.recording or live.hand.dangers())

    def close(self) -> None:
        """Stop it."""
        self._live = None
        self._up.close()


@pytest.fixture(scope="session")
def shared_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedRig]:
    shared = SharedRig(tmp_path_factory)
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def shared_live_rig(shared_rig: SharedRig) -> LiveRig:
    return shared_rig.rig({})


@pytest.fixture
def live(shared_live_rig: LiveRig) -> LiveRig:
    """A rig that is up and healthy, its hand following predictions."""
    shared_live_rig.wait_healthy()
    return shared_live_rig


@pytest.fixture(scope="module")
def shared_doubled_rig(shared_rig: SharedRig) -> LiveRig:
    return shared_rig.rig(TWO_ACQUIRERS)


@pytest.fixture
def doubled(shared_doubled_rig: LiveRig) -> LiveRig:
    """A rig with two acquirers that is up and healthy, its hand following predictions."""
    shared_doubled_rig.wait_healthy()
    return shared_doubled_rig
