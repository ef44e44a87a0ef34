"""The quality of each session, asked for once and kept."""

import threading
import time
from collections.abc import Callable
from typing import Any

from emgrig.control import RigClient, recorder_pb2
from emgrig.errors import EmgRigError, PeerError

__all__ = ["Quality"]

DEADLINE_S = 60.0
"""A long session is read as a whole."""

RETRY_S = 10.0
"""A recorder that did not answer is asked again after this, and after twice as long each time: a
session that takes longer than the deadline would keep it busy for ever."""


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
        self._retry_at: dict[str, float] = {}
        self._wait_s: dict[str, float] = {}
        self._waiting: list[str] = []
        self._is_busy = False

    def of(self, session: str) -> list[Any] | None:
        """Return the findings of a session; None while it is being looked at."""
        with self._lock:
            is_tried = self._clock() < self._retry_at.get(session, float("-inf"))
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
                    wait_s = self._wait_s.get(session, RETRY_S)
                    self._retry_at[session] = self._clock() + wait_s
                    self._wait_s[session] = 2 * wait_s
                else:
                    self._known[session] = findings

    def _ask(self, session: str) -> list[Any] | None:
        request = recorder_pb2.SessionRequest(session=session)
        try:
            reply = self._client.call("recorder", "Recorder.AssessSession", request, DEADLINE_S)
        except PeerError:
            return None
        except EmgRigError as error:
            # It will not say anything else of this session.
            return [recorder_pb2.Finding(name="the report", measured=str(error))]
        return list(reply.findings)
