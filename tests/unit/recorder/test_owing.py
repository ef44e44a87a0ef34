"""What a full disk refuses is kept in room that was taken before, and handed over once."""

from pathlib import Path

import pytest
from emgrig.messages import Message
from emgrig.recording import JournalWriter, read_journal
from emgrig.recording.records import encode_message
from emgrig_recorder import finish, owing
from emgrig_recorder.owing import OWED_NAME, OwedMessages

from tests.unit.recorder.recorder_kit import chunk


def kept(folder: Path) -> list[int]:
    return [message.seq for message in OwedMessages(folder)]


def test_another_incarnation_finds_what_is_kept(tmp_path: Path) -> None:
    owed = OwedMessages(tmp_path)
    for seq in range(3):
        owed.append(chunk(seq))

    assert kept(tmp_path) == [0, 1, 2]
    assert (tmp_path / OWED_NAME).stat().st_size == owing.ROOM_BYTES


def test_what_is_handed_over_is_gone_and_the_room_is_used_again(tmp_path: Path) -> None:
    owed = OwedMessages(tmp_path)
    for seq in range(3):
        owed.append(chunk(seq))
    written: list[int] = []

    def write(message: Message) -> bool:
        written.append(message.seq)
        return message.seq != 2 or written.count(2) == 2

    owed.settle(write)
    assert kept(tmp_path) == [0, 1, 2]  # the journal takes one twice, but never loses one
    owed.settle(write)
    assert kept(tmp_path) == []
    owed.append(chunk(7))

    assert written == [0, 1, 2, 2]
    assert kept(tmp_path) == [7]


def test_what_has_no_room_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owing, "ROOM_BYTES", 1 + len(encode_message(chunk(0))) + 16)
    owed = OwedMessages(tmp_path)
    for seq in range(4):
        owed.append(chunk(seq))

    assert [message.seq for message in owed] == [0, 1, 2, 3]
    assert kept(tmp_path) == [0]


@pytest.mark.parametrize("content", [b"", b"x", bytes(100), b"\xff" * 100])
def test_a_file_of_no_form_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / OWED_NAME).write_bytes(content)

    assert kept(tmp_path) == []


def test_what_a_recorder_left_is_in_the_journal_before_its_session_is_made(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "a.recording", {"name": "take"}) as journal:
        journal.append(chunk(0))
    owed = OwedMessages(tmp_path / "a.recording")
    owed.append(chunk(1))
    owed.close()

    finish._settle(tmp_path / "a.recording")

    with read_journal(tmp_path / "a.recording") as journal:
        assert [message.seq for message in journal.messages()] == [0, 1]
    assert not (tmp_path / "a.recording" / OWED_NAME).exists()


def test_room_that_the_disk_does_not_take_back_harms_nobody(tmp_path: Path) -> None:
    owed = OwedMessages(tmp_path)
    (tmp_path / OWED_NAME).unlink()
    (tmp_path / OWED_NAME).mkdir()

    owed.close()
