"""What was written last is found without reading what was written before."""

import pytest
from emgrig.recording import Entry, JournalWriter, journal_scan, read_journal

from tests.unit.shared.recording.builders import chunk


def write(folder, numbers):
    with JournalWriter(folder, {}) as journal:
        for number in numbers:
            journal.append(chunk(number))
            journal.append_record("books", {"number": number})
            journal.append_record("bookshelf", {"number": -1})


def backwards(folder):
    with read_journal(folder) as journal:
        return [entry.document["number"] for entry in journal.backwards("books")]


# As long as a record's data begins, and longer than all of them.
@pytest.mark.parametrize("block_bytes", [20, 33, 256, 1 << 20])
def test_the_newest_is_the_first(tmp_path, monkeypatch, block_bytes):
    folder = tmp_path / "x.recording"
    write(folder, range(3))
    write(folder, range(3, 6))
    monkeypatch.setattr(journal_scan, "_BUFFER_BYTES", block_bytes)

    assert backwards(folder) == [5, 4, 3, 2, 1, 0]


def test_what_was_hit_is_left_out(tmp_path):
    folder = tmp_path / "x.recording"
    write(folder, range(3))
    path = folder / "journal-0001.mcap"
    content = path.read_bytes()
    at = content.index(b"number\x01")
    path.write_bytes(content[:at] + b"N" + content[at + 1 :])

    assert backwards(folder) == [2, 0]


def test_reading_goes_on_from_what_was_found(tmp_path):
    folder = tmp_path / "x.recording"
    write(folder, range(3))
    write(folder, range(3, 6))

    with read_journal(folder) as journal:
        start = list(journal.backwards("books"))[3]
        found = [entry for entry in journal.scan(start) if isinstance(entry, Entry)]
        begins = [entry.topic for entry in journal.beginnings()]

    assert [entry.message.seq for entry in found if entry.message] == [3, 4, 5]
    assert found[0] == start
    assert begins == ["record/provenance"] * 2


def test_a_file_of_nothing_but_beginnings_is_read_in_seconds(tmp_path, monkeypatch):
    folder = tmp_path / "x.recording"
    write(folder, range(1))
    path = folder / "journal-0001.mcap"
    content = path.read_bytes()
    at = content.index(b"\x82\xa5topic\xacrecord/books\xa8") - journal_scan._MESSAGE.size
    head = journal_scan._MESSAGE.pack(5, 1 << 16, 0, 0, 0, 0) + content[at:][31:80]
    path.write_bytes(content + 50_000 * head)
    monkeypatch.setattr(journal_scan, "_SEARCH_BYTES", 0)

    assert backwards(folder) == []
