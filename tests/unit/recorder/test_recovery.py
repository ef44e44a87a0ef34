"""A recorder that was killed knows how far it was without reading its whole journal again."""

import random
from pathlib import Path
from typing import Any

import pytest
from emgrig.messages import Message
from emgrig.recording import JournalWriter, export_session, journal, read_journal
from emgrig_recorder import recording
from emgrig_recorder.counting import TakeCounts
from emgrig_recorder.recovery import Interrupted, find_interrupted, read_interrupted
from msgspec.structs import replace

from tests.unit.recorder.recorder_kit import Recorder, chunk

N_CHUNKS = 3000
EVERY = 100
"""Chunks between two books."""


def prediction(seq: int) -> Message:
    row = chunk(0).data[0]
    fields = {"model_id": "m", "targets": ["a", "b"]}
    message = chunk(seq, source="predictor")
    return replace(message, topic="prediction/hand", data=row, fields=fields)


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A recorder in the middle of a take, which was never ended."""
    monkeypatch.setattr(recording, "LEDGER_S", 0.0)
    recorder = Recorder(tmp_path, monkeypatch)
    recorder.service._commands.recovered.set()
    recorder.subscriber.sent["emg-acquirer"] = ("e", 50)
    recorder.start()
    now = recorder.service._recording
    for seq in range(N_CHUNKS):
        now.take_in(chunk(seq, sent_ns=60))
        if seq % 2:
            now.take_in(prediction(seq // 2))
        if seq % EVERY == 0:
            now.label({"name": "Fist", "class_index": 1, "t": 0.0})
            now.tick()
    yield recorder
    recorder.service.close()
    recorder.context.close(1)


def test_only_what_came_after_the_newest_books_is_read(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_decoded = 0
    decode = journal.decode_content

    def count(data: bytes) -> Any:
        nonlocal n_decoded
        n_decoded += 1
        return decode(data)

    monkeypatch.setattr(journal, "decode_content", count)

    found = read_interrupted(recorder.recordings[0])

    assert n_decoded < 2 * EVERY
    assert found.counts == recorder.service._recording._take.counts
    assert found.counts.positions["emg-acquirer"] == {"chunk/emg": ("e", N_CHUNKS)}
    assert found.counts.label == "Fist"
    assert found.began.heard == {"emg-acquirer": ("e", 50)}
    assert found.provenance["classes"] == list(recorder.context.rig.classes)
    assert found.books["newest"]["recorder"]


def test_nothing_before_the_newest_books_is_needed(recorder: Recorder) -> None:
    folder = recorder.recordings[0]
    content = bytearray(segment(folder).read_bytes())
    begin, end = content.index(b"chunk/emg"), newest_books(folder)
    content[begin:end] = bytes(end - begin)
    segment(folder).write_bytes(content)

    assert read_interrupted(folder).counts == recorder.service._recording._take.counts


def test_a_journal_that_is_cut_anywhere_says_what_is_left_of_it(recorder: Recorder) -> None:
    folder = recorder.recordings[0]
    whole = segment(folder).read_bytes()
    rng = random.Random(3)
    last = whole.rindex(b"record/books")
    for size in [*(rng.randrange(len(whole)) for _ in range(6)), last, last + 40]:
        segment(folder).write_bytes(whole[:size])

        assert read_interrupted(folder).counts == read_all(folder).counts, size


def test_books_that_were_hit_are_not_believed(recorder: Recorder) -> None:
    folder = recorder.recordings[0]
    content = bytearray(segment(folder).read_bytes())
    content[newest_books(folder) + 500] ^= 1
    segment(folder).write_bytes(content)

    assert read_interrupted(folder).counts == recorder.service._recording._take.counts


def test_books_of_an_earlier_segment_are_gone_on_from(recorder: Recorder) -> None:
    folder = recorder.recordings[0]
    clock = {"boot_id": "b"}
    with JournalWriter(folder, {"name": "resumed", "clock": clock}) as more:
        more.append(chunk(N_CHUNKS + 10, sent_ns=60))

    found = read_interrupted(folder)

    assert found.counts.positions["emg-acquirer"] == {"chunk/emg": ("e", N_CHUNKS + 11)}
    assert found.counts.streams["emg"].gaps == 1
    assert (found.provenance["name"], found.clock) == ("", clock)


def test_a_journal_of_an_earlier_version_is_read_from_its_begin(tmp_path: Path) -> None:
    folder = tmp_path / "x.recording"
    with JournalWriter(folder, {"name": "old"}) as old:
        old.append_record("began", {"emg-acquirer": ["e", 50]})
        old.append(chunk(0))
        old.append_record("books", {"newest": {"predictor": ["e", {}]}})
        old.append(chunk(1))

    found = read_interrupted(folder)

    assert found.counts.positions == {"emg-acquirer": {"chunk/emg": ("e", 2)}}
    assert found.began.heard == {"emg-acquirer": ("e", 50)}
    assert (found.provenance["name"], found.books) == ("old", {"newest": {"predictor": ["e", {}]}})


def test_a_journal_whose_session_is_there_goes_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "x.recording"
    with JournalWriter(folder, {}) as finished:
        finished.append(chunk(0))
    export_session(folder, tmp_path)
    # Killed here: see `finish_recording`.
    folder.rename(folder.with_suffix(".exported"))

    assert find_interrupted(tmp_path, 600.0) == (None, [], {})

    assert [path.name for path in tmp_path.iterdir()] == ["x.session.zip"]


@pytest.mark.parametrize(
    "document",
    [
        None,
        7,
        [],
        {"streams": 1},
        {"streams": {"emg": {"samples": -1}}},
        {"streams": {"emg": {"last_t": float("nan")}}},
        {"positions": {"emg-acquirer": {"chunk/emg": ["e", -1]}}},
        {"positions": {"emg-acquirer": {"chunk/emg": ["e", 1 << 63]}}},
        {"forms": [["chunk/emg"]]},
    ],
)
def test_what_is_no_such_document_is_none(document: object) -> None:
    assert TakeCounts.from_document(document) is None


def segment(folder: Path) -> Path:
    return folder / "journal-0001.mcap"


def newest_books(folder: Path) -> int:
    with read_journal(folder) as opened:
        return next(opened.backwards("books")).offset


def read_all(folder: Path) -> Interrupted:
    found = Interrupted(folder)
    with read_journal(folder) as opened:
        for message in opened.messages():
            found.counts.note(message)
    return found
