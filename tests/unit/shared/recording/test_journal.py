import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig.recording import Entry, JournalWriter, read_journal
from mcap.reader import make_reader

from tests.unit.shared.recording.builders import chunk, contents, event, record, record_ends


@pytest.fixture
def killed(tmp_path):
    """A recording of six chunks whose writer was killed: flushed, never closed."""
    writer = JournalWriter(tmp_path / "live.recording", {"classes": ["Rest"]})
    for seq in range(6):
        writer.append(chunk(seq))
    shutil.copytree(tmp_path / "live.recording", tmp_path / "killed.recording")
    writer.close()
    return tmp_path / "killed.recording"


def test_messages_come_back_as_they_were(tmp_path):
    sent = [chunk(0), event("cue", 0, 50.01, 1), chunk(1)]

    folder = record(tmp_path / "x.recording", sent)

    with read_journal(folder) as journal:
        got = list(journal.messages())
    assert [(m.topic, m.seq, m.fields, m.t_first) for m in got] == [
        (m.topic, m.seq, m.fields, m.t_first) for m in sent
    ]
    np.testing.assert_array_equal(got[2].data, sent[2].data)
    np.testing.assert_array_equal(got[2].timestamps, sent[2].timestamps)


def test_a_journal_is_readable_while_it_is_written(killed):
    assert contents(killed) == ([0, 1, 2, 3, 4, 5], [])


def test_a_closed_journal_opens_in_other_mcap_tools(tmp_path):
    folder = record(tmp_path / "x.recording", [chunk(0), event("cue", 0, 1.0, 1)])

    with (folder / "journal-0001.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        found = [channel.topic for _, channel, _ in reader.iter_messages()]
        statistics = reader.get_summary().statistics

    assert found == ["record/provenance", "chunk/emg", "event/cue"]
    assert statistics.message_count == 3


def test_a_tail_torn_at_any_byte_keeps_everything_before_it(killed):
    """The writer may be killed in the middle of any write."""
    path = killed / "journal-0001.mcap"
    whole = path.read_bytes()
    places = record_ends(killed)
    fourth = next(offset for offset, seq in places if seq == 4)

    for size in range(fourth, len(whole)):
        os.truncate(path, size)
        seqs, damaged = contents(killed)
        complete = [s for o, s in places if s is not None and next_offset(places, o, whole) <= size]
        ends = {next_offset(places, o, whole) for o, _ in places}
        assert seqs == complete
        assert [d.kind for d in damaged] == ([] if size in ends else ["torn"])
        path.write_bytes(whole)


def next_offset(places, offset, whole):
    later = [o for o, _ in places if o > offset]
    return min(later, default=len(whole))


def test_a_journal_cut_inside_its_first_bytes_is_readable(killed):
    path = killed / "journal-0001.mcap"
    whole = path.read_bytes()

    for size in range(120):
        path.write_bytes(whole[:size])
        assert contents(killed)[0] == []


def test_a_damaged_byte_anywhere_costs_at_most_its_record(tmp_path):
    folder = record(tmp_path / "x.recording", [chunk(seq, n=3, start=3 * seq) for seq in range(4)])
    path = folder / "journal-0001.mcap"
    whole = path.read_bytes()
    places = record_ends(folder)
    last = next_offset([], 0, whole)

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        seqs, damaged = contents(folder)
        hit = [s for o, s in places if s is not None and o <= at < next_offset(places, o, whole)]
        assert set(range(4)) - set(seqs) <= set(hit), f"byte {at} of {last}"
        if len(seqs) < 4:
            assert len(damaged) == 1, f"byte {at}"
            assert damaged[0].offset <= at < damaged[0].offset + damaged[0].n_bytes


def test_damage_is_reported_with_the_time_that_it_cost(tmp_path):
    folder = record(tmp_path / "x.recording", [chunk(seq) for seq in range(4)])
    path = folder / "journal-0001.mcap"
    second = next(offset for offset, seq in record_ends(folder) if seq == 2)
    content = bytearray(path.read_bytes())
    content[second + 60] ^= 1
    path.write_bytes(content)

    seqs, damaged = contents(folder)

    assert seqs == [0, 1, 3]
    assert [d.kind for d in damaged] == ["damaged"]
    assert damaged[0].t_before == pytest.approx(50.039)
    assert damaged[0].t_after == pytest.approx(50.060)


def test_a_lost_middle_is_skipped_to_the_next_record(tmp_path):
    """A file system that came back from a crash may have a hole of zeros."""
    folder = record(tmp_path / "x.recording", [chunk(seq) for seq in range(8)])
    path = folder / "journal-0001.mcap"
    offsets = {seq: offset for offset, seq in record_ends(folder)}
    content = bytearray(path.read_bytes())
    content[offsets[2] + 5 : offsets[5] - 7] = bytes(offsets[5] - offsets[2] - 12)
    path.write_bytes(content)

    seqs, damaged = contents(folder)

    assert seqs == [0, 1, 5, 6, 7]
    assert len(damaged) == 1


def test_a_writer_that_comes_back_goes_on_in_the_next_segment(killed):
    os.truncate(killed / "journal-0001.mcap", (killed / "journal-0001.mcap").stat().st_size - 1)

    record(killed, [chunk(5), chunk(6)])

    assert sorted(path.name for path in killed.iterdir()) == [
        "journal-0001.mcap",
        "journal-0002.mcap",
    ]
    seqs, damaged = contents(killed)
    assert seqs == [0, 1, 2, 3, 4, 5, 6]
    assert [(d.kind, d.file) for d in damaged] == [("torn", "journal-0001.mcap")]


def test_documents_are_kept_beside_the_messages(tmp_path):
    with JournalWriter(
        tmp_path / "x.recording", {"data_dir": tmp_path, "n": np.int64(3)}
    ) as journal:
        journal.append_record("ledger", {"recorder": {}})

    with read_journal(tmp_path / "x.recording") as journal:
        found = [(e.topic, e.document) for e in journal.scan() if isinstance(e, Entry)]

    assert found == [
        ("record/provenance", {"data_dir": str(tmp_path), "n": 3}),
        ("record/ledger", {"recorder": {}}),
    ]


def test_a_full_disk_is_an_error_in_words(tmp_path):
    journal = JournalWriter(tmp_path / "x.recording", {})
    kept = os.dup(journal._file.fileno())
    with Path("/dev/full").open("wb", buffering=0) as full:
        os.dup2(full.fileno(), journal._file.fileno())

    with pytest.raises(SessionError, match="No space left on device; free space"):
        journal.append(chunk(0))

    os.dup2(kept, journal._file.fileno())
    journal.append(chunk(1))
    journal.close()
    os.close(kept)
    assert contents(tmp_path / "x.recording")[0][-1] == 1


def test_a_closed_journal_refuses_messages(tmp_path):
    journal = JournalWriter(tmp_path / "x.recording", {})
    journal.close()
    journal.close()

    with pytest.raises(SessionError, match="open journal"):
        journal.append(chunk(0))


@pytest.mark.parametrize("make", [True, False])
def test_a_folder_without_journal_is_an_error_in_words(tmp_path, make):
    folder = tmp_path / "x.recording"
    if make:
        folder.mkdir()

    with pytest.raises(SessionError, match=r"expected journal-0001\.mcap"):
        read_journal(folder)
