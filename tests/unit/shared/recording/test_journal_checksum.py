"""Whatever of a record was hit, it is damage; nothing of it is believed."""

import zlib
from contextlib import closing

import pytest
from emgrig.recording import Entry, read_journal
from emgrig.recording.journal_scan import JournalFile

from tests.unit.shared.recording.builders import chunk, contents, record, record_ends

# Where a message record of MCAP has them.
CHECKSUM, LOG_TIME = slice(11, 15), slice(15, 23)


@pytest.mark.parametrize("opcode", [n for n in range(256) if n != 5])
def test_a_record_of_another_opcode_is_damage(tmp_path, opcode):
    folder = record(tmp_path / "x.recording", map(chunk, range(4)))
    with read_journal(folder) as journal:
        at = [e.offset for e in journal.scan() if isinstance(e, Entry) and e.message][1]
    path = folder / "journal-0001.mcap"
    content = bytearray(path.read_bytes())
    content[at] = opcode
    path.write_bytes(content)

    seqs, damaged = contents(folder)

    assert seqs == [0, 2, 3]
    assert [(one.kind, one.offset) for one in damaged] == [("damaged", at)]


def test_a_record_whose_time_was_hit_is_damage(tmp_path):
    """Its samples could be right; when it was written decides whether a recording goes on."""
    folder = record(tmp_path / "x.recording", map(chunk, range(4)))
    at = {seq: offset for offset, seq in record_ends(folder)}[3]
    path = folder / "journal-0001.mcap"
    content = bytearray(path.read_bytes())
    content[at + LOG_TIME.start + 6] ^= 1
    path.write_bytes(content)

    seqs, damaged = contents(folder)

    assert seqs == [0, 1, 2]
    assert [(one.kind, one.offset) for one in damaged] == [("torn", at)]


def test_a_journal_whose_checksums_are_of_the_data_alone_is_read(tmp_path):
    """That is how recorders before this one wrote them."""
    folder = record(tmp_path / "x.recording", map(chunk, range(4)))
    path = folder / "journal-0001.mcap"
    content = bytearray(path.read_bytes())
    with closing(JournalFile(path)) as file:
        for found in file.scan():
            checksum = zlib.crc32(found.data).to_bytes(4, "little")
            content[found.offset + CHECKSUM.start : found.offset + CHECKSUM.stop] = checksum
    path.write_bytes(content)

    assert contents(folder) == ([0, 1, 2, 3], [])
