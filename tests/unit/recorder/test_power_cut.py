"""A power cut leaves what was synced: all but the last second, whenever it comes."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from emgrig.messages import Moment
from emgrig.recording import finish_recording
from emgrig.testing import wait_until
from emgrig_recorder import take as take_module
from emgrig_recorder.take import Take

from tests.unit.recorder.recorder_kit import Recorder, chunk

STEP_S = 0.01


class Disk:
    """Knows what a power cut would leave: everything is synced for real, and written down.

    Attributes:
        synced: Path -> bytes that are safe.
        order: Paths in the order of their syncs.
        watch: Called with the path after each of them.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: dict[Path, int] = {}
        self.order: list[Path] = []
        self.watch: Callable[[Path], None] = self.order.append
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self._note)

    def _note(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        size = os.fstat(descriptor).st_size
        self._fsync(descriptor)
        self.synced[path] = size
        self.watch(path)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.mark.parametrize("sync_s", [0.1, 1.0])
def test_what_is_older_than_a_sync_is_safe(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync_s: float
) -> None:
    now = 100.0
    monkeypatch.setattr(take_module, "time", SimpleNamespace(monotonic=lambda: now))
    folder = tmp_path / "x.recording"
    take = Take(folder, {}, sync_s=sync_s, began=Moment({}))
    journal = folder / "journal-0001.mcap"
    assert {journal, folder, tmp_path} <= disk.synced.keys()

    sizes: list[int] = []
    n_allowed = round(sync_s / STEP_S) + 1
    for seq in range(4 * n_allowed):
        now += STEP_S
        take.append(chunk(seq))
        take.tick()
        sizes.append(journal.stat().st_size)
        # Whenever the power is cut: what was there a second ago is there.
        assert disk.synced[journal] >= ([0] * n_allowed + sizes)[seq]
    assert disk.order.count(journal) <= 6

    take.close()
    assert disk.synced[journal] == journal.stat().st_size


def test_the_last_message_is_safe_although_nothing_comes_after_it(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, monkeypatch)
    with recorder.running():
        recorder.start()
        recorder.subscriber.put(chunk(0))
        wait_until(lambda: not recorder.subscriber.pending, 10)
        journal = recorder.recordings[0] / "journal-0001.mcap"

        wait_until(lambda: disk.synced[journal] == journal.stat().st_size, 10)


def test_a_session_is_safe_before_its_journal_goes(disk: Disk, tmp_path: Path) -> None:
    folder, sessions = tmp_path / "x.recording", tmp_path / "sessions"
    take = Take(folder, {}, sync_s=1.0, began=Moment({}))
    take.append(chunk(0))
    take.close()
    held: list[tuple[str, bool, bool]] = []

    def look(path: Path) -> None:
        is_session = (sessions / "x.session.zip").exists()
        held.append((path.name, is_session, (folder / "journal-0001.mcap").exists()))

    disk.watch = look

    path = finish_recording(folder, sessions)

    assert held == [("x.session.zip.tmp", False, True), ("sessions", True, True)]
    assert disk.synced[sessions / "x.session.zip.tmp"] == path.stat().st_size
    assert not folder.exists()
