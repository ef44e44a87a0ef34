"""One recorder writes to a data folder, and no second one."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Event

from emgrig.errors import Problem, SettingsError

__all__ = ["Claim"]

NAME = "recorder.lock"
WAIT_S = 3.0
"""A recorder whose supervisor was killed ends within 2 s, and its successor may come sooner."""
_AGAIN_S = 0.05


class Claim:
    """A data folder that is ours until `close`, or until the kernel ends us.

    Args:
        data_dir: ``[rig] data_dir``; it exists.
        stopping: Ends the wait for another recorder's end.

    Raises:
        SettingsError: Another recorder writes there.
    """

    def __init__(self, data_dir: Path, stopping: Event) -> None:
        self._file = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + WAIT_S
        while not self._is_locked():
            if time.monotonic() >= deadline or stopping.wait(_AGAIN_S):
                holder = os.pread(self._file, 20, 0).decode("ascii", "replace")
                self.close()
                raise SettingsError(_problem(data_dir, holder))
        # On a full disk nobody is named; the lock holds.
        with suppress(OSError):
            os.pwrite(self._file, f"{os.getpid():<20}".encode(), 0)

    def close(self) -> None:
        """Let the folder go; twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _is_locked(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _problem(data_dir: Path, holder: str) -> Problem:
    return Problem(
        "rig.toml, [rig] data_dir",
        f"expected a folder that no other recorder writes to, got {data_dir}, which the recorder "
        f"with pid {holder.strip() or 'unknown'} holds",
        "stop that rig (emgrig down), or name another folder for this one",
    )
