"""A run of a process as a long action, whoever began it; it goes on without this console."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from emgrig_console.jobs import Job
from emgrig_console.polling import Polled, Polls

__all__ = ["RunWatch"]


class RunWatch(ABC):
    """What a process does or did last; for the thread of the web server.

    A status of it has ``run_id``, empty before its first run, ``running`` and ``error``.

    Args:
        polls: The answers of all processes.
        query: Which of them.
        replaced: Told what was said of a run when the next one takes its place undismissed.
    """

    lost = ""
    """Why a run came to no end whose process ended; of the subclass."""

    def __init__(
        self, polls: Polls, query: str, *, replaced: Callable[[Job | None], object]
    ) -> None:
        self._polls, self._query, self._replaced = polls, query, replaced
        self._seen: Any = None
        self._dismissed = ""

    def status_of(self, answer: Any) -> Any:
        """Return the status of the run in an answer."""
        return answer

    @abstractmethod
    def job_of(self, status: Any, polled: Polled) -> Job:
        """Return a status with a run in it as a long action."""

    def get(self) -> Job | None:
        """Return the run as it is now; None where there is nothing to say about one."""
        polled, status = self._newest()
        if status is not None and status.run_id:
            if self._seen is None or status.run_id != self._seen.run_id:
                self._replaced(self._shown(polled))
            self._seen = status
        elif status is not None and self._seen is not None and self._seen.running:
            # A process that knows of no run has just started: it took the one seen with it.
            self._seen = type(status)(run_id=self._seen.run_id, error=self.lost)
        return self._shown(polled)

    def dismiss(self) -> None:
        """Say nothing more about the run that ended."""
        self._dismissed = "" if self._seen is None else self._seen.run_id

    def _newest(self) -> tuple[Polled, Any]:
        polled = self._polls.get(self._query)
        return polled, None if polled.value is None else self.status_of(polled.value)

    def _shown(self, polled: Polled) -> Job | None:
        seen = self._seen
        is_said = seen is not None and seen.run_id != self._dismissed
        return self.job_of(seen, polled) if is_said else None
