"""What waits for others before it is in the journal at once, and counts in its turn."""

from pathlib import Path
from typing import Any

import pytest
from emgrig.recording import read_journal, take_inventory
from emgrig_recorder import recording
from emgrig_recorder.recovery import read_interrupted
from emgrig_recorder.take import Take

from tests.unit.recorder.recorder_kit import Recorder, chunk


@pytest.fixture(params=[False, True], ids=["", "books"])
def recorder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A recorder in a take that has chunk 0 and, early, 3 and 4; books were written or not."""
    monkeypatch.setattr(recording, "LEDGER_S", 0.0)
    recorder = Recorder(tmp_path, monkeypatch)
    recorder.service._commands.recovered.set()
    recorder.start()
    now = recorder.service._recording
    now.take_in(chunk(0))
    now.take_in_early(chunk(3))
    now.take_in_early(chunk(4))
    if request.param:
        now.tick()
    yield recorder
    recorder.service.close()
    recorder.context.close(1)


def test_what_waits_is_written_once_and_counted_in_its_turn(recorder: Recorder) -> None:
    now = recorder.service._recording
    assert recorder.recorded() == [0, 3, 4]
    assert now.missed() == {"emg-acquirer": {"chunk/emg": ("e", 1)}}

    for seq in range(1, 6):
        now.take_in(chunk(seq))

    assert sorted(recorder.recorded()) == [0, 1, 2, 3, 4, 5]
    assert now.missed() == {"emg-acquirer": {"chunk/emg": ("e", 6)}}
    assert now.state().counts.streams["emg"].gaps == 0


def test_who_goes_on_asks_for_the_gap_and_writes_nothing_twice(recorder: Recorder) -> None:
    found = read_interrupted(recorder.recordings[0])
    assert found.counts.positions["emg-acquirer"] == {"chunk/emg": ("e", 1)}
    take = Take(found.folder, found.provenance, sync_s=1.0, began=found.began, counts=found.counts)

    for seq in range(1, 6):
        assert take.append(chunk(seq))
    take.close()

    assert sorted(recorder.recorded()) == [0, 1, 2, 3, 4, 5]


def test_a_session_lists_no_word_of_it(recorder: Recorder) -> None:
    with read_journal(recorder.recordings[0]) as journal:
        inventory = take_inventory(journal)

    assert "early" not in inventory.documents
    assert inventory.topics["chunk/emg"].counts()["skipped"] == {"lost": 2}
