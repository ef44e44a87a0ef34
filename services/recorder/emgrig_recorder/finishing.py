"""Have sessions made, each in a process of its own that ends when we must, until they are there."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

from emgrig.errors import RequestError
from emgrig.runtime import Context, child_environment

__all__ = ["COMMAND", "Finisher", "OwedSessions"]

LOOK_S = 1.0
"""Time between two looks whether a session that could not be made can be made now."""
LONGEST_WAIT_S = 600.0
"""Longest time between two attempts though there is room: each reads a whole recording."""

COMMAND = (sys.executable, "-m", "emgrig_recorder.finish")


class Finisher:
    """Run `emgrig_recorder.finish`; any thread may call.

    Args:
        out_dir: Folder of the sessions.
        command: What to run with a recording's folder and `out_dir`.
    """

    def __init__(self, out_dir: Path, command: tuple[str, ...] = COMMAND) -> None:
        self._out_dir = out_dir
        self._command = command
        self._lock = Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether a session is being made."""
        return bool(self._running)

    def finish(self, folder: Path) -> Path:
        """Make the session of a recording and return its path.

        Raises:
            RequestError: It could not be made; the journal is untouched.
        """
        try:
            child = self._start(folder)
        except OSError as error:  # there is no memory for another process, say
            raise _not_made(folder, str(error)) from error
        stdout, stderr = child.communicate()
        with self._lock:
            self._running.discard(child)
        answer = _parse(stdout, stderr)
        if "error" in answer:
            cause = "an end of the recorder" if self._is_closed else answer["error"]
            raise _not_made(folder, cause)
        return Path(answer["path"])

    def close(self) -> None:
        """End what runs, and begin nothing more: the journals are finished at the next start."""
        with self._lock:
            self._is_closed = True
            for child in self._running:
                child.terminate()

    def _start(self, folder: Path) -> "subprocess.Popen[str]":
        with self._lock:
            if self._is_closed:
                raise RequestError(
                    f"expected to make a session of {folder}, got an end of the recorder; "
                    "it is made when the recorder starts again"
                )
            child = subprocess.Popen(
                [*self._command, str(folder), str(self._out_dir)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=child_environment(),
            )
            self._running.add(child)
            return child


class OwedSessions:
    """Sees to it that every recording that ended becomes a session; any thread may call.

    Args:
        finisher: Makes one.
        context: For troubles and the log.
    """

    def __init__(self, finisher: Finisher, context: Context) -> None:
        self._finisher = finisher
        self._context = context
        self._lock = Lock()
        self._owed: dict[Path, tuple[float, float]] = {}

    @property
    def is_busy(self) -> bool:
        """Whether a session is being made."""
        return self._finisher.is_busy

    def make(self, folder: Path) -> Path:
        """Make the session of a recording now and return its path.

        Raises:
            RequestError: It could not be made; it is a trouble, and `work` tries it again.
        """
        trouble = f"session {folder.name}"
        try:
            path = self._finisher.finish(folder)
        except RequestError as error:
            self._context.trouble(trouble, str(error))
            self._put_off(folder)
            raise
        with self._lock:
            self._owed.pop(folder, None)
        self._context.clear(trouble)
        self._context.log.info("session finished", path=str(path))
        return path

    def work(self) -> None:
        """Try again what failed, until the process must stop; a thread's body."""
        while not self._context.stopping.wait(LOOK_S):
            for folder in self._due(time.monotonic()):
                with suppress(RequestError):
                    self.make(folder)

    def _put_off(self, folder: Path) -> None:
        with self._lock:
            _, wait_s = self._owed.get(folder, (0.0, LOOK_S / 2))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            self._owed[folder] = time.monotonic() + wait_s, wait_s

    def _due(self, now: float) -> list[Path]:
        with self._lock:
            waiting = [folder for folder, (due, _) in self._owed.items() if now >= due]
        return [folder for folder in waiting if _has_room(folder)]


def _has_room(folder: Path) -> bool:
    """Tell whether a session as large as its journal would fit on the disk."""
    try:
        needed = sum(path.stat().st_size for path in folder.iterdir())
        return shutil.disk_usage(folder).free > needed
    except OSError:
        return False


def _not_made(folder: Path, cause: str) -> RequestError:
    return RequestError(
        f"expected a session of {folder}, got: {cause}; the journal is kept, "
        "and it is made by itself when the cause is mended and there is room"
    )


def _parse(stdout: str, stderr: str) -> dict[str, str]:
    """Return the last line's JSON object; other words, or none, are an error."""
    lines = stdout.splitlines() or [""]
    try:
        answer = json.loads(lines[-1])
    except ValueError:
        return {"error": (lines[-1] + stderr)[-2000:]}
    return answer if isinstance(answer, dict) else {"error": lines[-1][-2000:]}
