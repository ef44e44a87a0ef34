"""Own messages that wait for a full disk, in room that was taken while there was some."""

import os
import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from emgrig.errors import FrameError
from emgrig.messages import Message
from emgrig.recording.records import MAX_DATA_BYTES, decode_content, encode_message

__all__ = ["OWED_NAME", "OwedMessages", "read_owed"]

OWED_NAME = "owed.bin"
ROOM_BYTES = 64 << 10
"""Some 200 labels; more are held in memory only."""
MAX_OWED = 10_000

# Bytes and CRC-32 of a message; a length of 0 ends the list.
_HEAD = struct.Struct("<II")


def read_owed(folder: Path) -> list[Message]:
    """Return what a recording's journal must still get; nothing is written."""
    return _parse(_content(folder / OWED_NAME))[0]


class OwedMessages:
    """What the journal must still get; nobody else has it.

    A message is in memory and, where the file's room suffices, in the file, so that the death of
    the process, or of the machine, does not lose it.

    Args:
        folder: Of the recording; it exists.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / OWED_NAME
        found, self._end = _parse(_content(self._path))
        self._messages = deque(found, maxlen=MAX_OWED)
        with suppress(OSError):  # no room: they are held in memory only
            self._take_room()

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def append(self, message: Message) -> None:
        """Keep a message."""
        self._messages.append(message)
        data = encode_message(message)
        record = _HEAD.pack(len(data), zlib.crc32(data)) + data
        if self._end + len(record) + _HEAD.size <= ROOM_BYTES and self._write(record):
            self._end += len(record)

    def settle(self, write: Callable[[Message], bool]) -> None:
        """Hand over what is kept, oldest first, until one is refused."""
        while self._messages and write(self._messages[0]):
            self._messages.popleft()
        if not self._messages and self._end:
            self._end = 0
            self._write(b"")

    def close(self) -> None:
        """Give the room back, unless there is something in it."""
        if not self._messages:
            with suppress(OSError):  # it goes with the journal
                self._path.unlink(missing_ok=True)

    def _take_room(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, ROOM_BYTES)
        finally:
            os.close(descriptor)

    def _write(self, record: bytes) -> bool:
        """Write behind the last record, and end the list there."""
        try:
            with self._path.open("r+b", buffering=0) as file:
                file.seek(self._end)
                file.write(record + bytes(_HEAD.size))
                os.fsync(file.fileno())
        except OSError:
            return False
        return True


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _parse(data: bytes) -> tuple[list[Message], int]:
    """Return the messages, and where their list ends."""
    found: list[Message] = []
    offset = 0
    while offset + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, offset)
        content = data[offset + _HEAD.size : offset + _HEAD.size + length]
        if not 0 < length <= MAX_DATA_BYTES or zlib.crc32(content) != checksum:
            break
        try:
            message = decode_content(content).message
        except FrameError:
            break
        if message is not None:
            found.append(message)
        offset += _HEAD.size + length
    return found, offset
