"""The quality of each session, asked for once and kept."""

import threading
import time
from collections.abc import Callable
from typing import Any

from emgrig.control import RigClient, recorder_pb2
from emgrig.errors import EmgRigError

__all__ = ["Quality"]

DEADLINE_S = 60.0
"""A long session is read as a whole."""

RETRY_S = 10.0
"""A recorder that did not answer is asked again after this."""


class Quality:
    """Findings by session; asking never waits. Safe for several threads.

    Args:
        client: Who asks the recorder.
        clock: Monotonic seconds.
    """

    def __init__(self, client: RigClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._lock = threading.Lock()
        self._known: dict[str, list[Any]] = {}
        self._failed: dict[str, float] = {}
        self._waiting: list[str] = []
        self._is_busy = False

    def of(self, session: str) -> list[Any] | None:
        """Return the findings of a session; None while it is being looked at."""
        with self._lock:
            failed_at = self._failed.get(session)
            is_tried = failed_at is not None and self._clock() - failed_at < RETRY_S
            if session not in self._waiting and session not in self._known and not is_tried:
                self._waiting.append(session)
            if self._waiting and not self._is_busy:
                self._is_busy = True
                threading.Thread(target=self._work, name="quality", daemon=True).start()
            return self._known.get(session)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_busy = False
                    return
                session = self._waiting[0]
            findings = self._ask(session)
            with self._lock:
                self._waiting.remove(session)
                if findings is None:
                    self._failed[session] = self._clock()
                else:
                    self._known[session] = findings

    def _ask(self, session: str) -> list[Any] | None:
        request = recorder_pb2.SessionRequest(session=session)
        try:
            reply = self._client.call("recorder", "Recorder.AssessSession", request, DEADLINE_S)
        except EmgRigError:
            return None
        return list(reply.findings)
