"""A job as a child process: its lines as they come, ended when nobody wants it any more."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from emgrig.errors import PeerError, RequestError
from emgrig.runtime import child_environment

__all__ = ["Job", "JobFailedError"]

JOB = "emgrig_trainer.job"
_KILL_AFTER_S = 3.0
"""A run notices a cancel between two iterations or blocks, and while PyTorch is imported not."""


class JobFailedError(PeerError):
    """Raised when the process of a run ended without a result; the next run may do better."""


class Job:
    """One run; use it in a ``with`` block, which leaves no process behind.

    Args:
        document: What to do.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", JOB],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=child_environment(),
        )
        self._document = json.dumps(dict(document))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the progress reports, then ``{"result": ...}``.

        Raises:
            RequestError: The run was refused or cancelled; its words.
            JobFailedError: It ended without a result.
        """
        last: dict[str, Any] = {}
        for last in self._documents():
            if "error" in last:
                self._raise(last)
            yield last
        if "result" not in last:
            raise JobFailedError(
                f"expected a result of the training process, got exit code {self._process.wait()}; "
                "look at the trainer's log, then train again"
            )

    def cancel(self) -> None:
        """Ask the run to end; from any thread, twice is harmless."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.cancel()
        try:
            self._process.wait(_KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _documents(self) -> Iterator[dict[str, Any]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return
        try:
            stdin.write(self._document)
            stdin.close()
        except BrokenPipeError:
            return  # it ended before it read; the exit code says the rest
        for line in stdout:
            yield json.loads(line)

    def _raise(self, last: Mapping[str, Any]) -> None:
        if last.get("kind") == "fault":
            raise JobFailedError(str(last["error"]))
        raise RequestError(str(last["error"]))
