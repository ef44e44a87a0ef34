"""A job as a child process: its lines as they come, ended when nobody wants it any more.

One JSON document on its standard input; JSON lines on its standard output, the last one
``{"result": {...}}`` or ``{"error": text, "kind": "request" | "cancelled" | "fault"}``.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Self

from emgrig.errors import PeerError, RequestError
from emgrig.runtime.parent import child_environment

__all__ = ["Job", "JobFailedError"]

_KILL_AFTER_S = 3.0
"""A training run notices a cancel between two iterations, and while PyTorch is imported not."""


class JobFailedError(PeerError):
    """Raised when a job ended without a result; the next one may do better."""


class Job:
    """One run; use it in a ``with`` block, which leaves no process behind.

    Args:
        module: Its program, as in ``python -m``.
        document: What to do.

    Attributes:
        result: What came of it; empty until `reports` has ended.
    """

    def __init__(self, module: str, document: Mapping[str, Any]) -> None:
        self.result: dict[str, Any] = {}
        self._module = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=child_environment(),
        )
        self._document = json.dumps(dict(document))

    def reports(self) -> Iterator[dict[str, Any]]:
        """Yield its progress reports until `result` is there.

        Raises:
            RequestError: It was refused or cancelled; its words.
            JobFailedError: It ended without a result.
        """
        for document in self._documents():
            if "error" in document:
                self._raise(document)
            if "result" in document:
                self.result = document["result"]
                return
            yield document
        raise JobFailedError(
            f"expected a result of {self._module}, got exit code {self._process.wait()}; "
            "look at what it printed to the terminal or log, then try again"
        )

    def cancel(self) -> None:
        """Ask it to end; from any thread, twice is harmless."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
            if not line.endswith("\n"):
                return  # it died in the middle of it
            yield json.loads(line)

    def _raise(self, last: Mapping[str, Any]) -> None:
        if last.get("kind") == "fault":
            raise JobFailedError(str(last["error"]))
        raise RequestError(str(last["error"]))
