"""Have sessions made, each in a process of its own that ends when we must."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock

from emgrig.errors import RequestError
from emgrig.runtime import child_environment

__all__ = ["COMMAND", "Finisher"]

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
        child = self._start(folder)
        stdout, stderr = child.communicate()
        with self._lock:
            self._running.discard(child)
        answer = _parse(stdout, stderr)
        if "error" in answer:
            cause = "an end of the recorder" if self._is_closed else answer["error"]
            raise RequestError(
                f"expected a session of {folder}, got: {cause}; the journal is kept, "
                "mend the cause and start the recorder again"
            )
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


def _parse(stdout: str, stderr: str) -> dict[str, str]:
    """Return the last line's JSON object; other words, or none, are an error."""
    lines = stdout.splitlines() or [""]
    try:
        answer = json.loads(lines[-1])
    except ValueError:
        return {"error": (lines[-1] + stderr)[-2000:]}
    return answer if isinstance(answer, dict) else {"error": lines[-1][-2000:]}
