"""The quality of each session, asked for once and kept."""

import threading
from typing import Any

from emgrig.control import RigClient, recorder_pb2
from emgrig.errors import EmgRigError

__all__ = ["Quality"]

DEADLINE_S = 60.0
"""A long session is read as a whole."""


class Quality:
    """Findings by session; asking never waits. Safe for several threads.

    Args:
        client: Who asks the recorder.
    """

    def __init__(self, client: RigClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: dict[str, list[Any]] = {}
        self._waiting: list[str] = []
        self._is_busy = False

    def of(self, session: str) -> list[Any] | None:
        """Return the findings of a session; None while it is being looked at."""
        with self._lock:
            if session in self._known:
                return self._known[session]
            if session not in self._waiting:
                self._waiting.append(session)
            if not self._is_busy:
                self._is_busy = True
                threading.Thread(target=self._work, name="quality", daemon=True).start()
        return None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_busy = False
                    return
                session = self._waiting[0]
            findings = self._ask(session)
            with self._lock:
                self._known[session] = findings
                self._waiting.remove(session)

    def _ask(self, session: str) -> list[Any]:
        request = recorder_pb2.SessionRequest(session=session)
        try:
            reply = self._client.call("recorder", "Recorder.AssessSession", request, DEADLINE_S)
        except EmgRigError as error:
            return [recorder_pb2.Finding(name="quality", measured=f"not known: {error}")]
        return list(reply.findings)
