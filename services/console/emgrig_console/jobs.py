"""Long actions, of which every page shows the same."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from emgrig.errors import EmgRigError, RequestError

__all__ = ["Awaited", "Job", "JobState", "Progress"]

BROKEN = "the console itself failed; its log says how: look under Log"
GOES_ON = "it goes on, whether or not somebody waits"


class JobState(StrEnum):
    """Where a long action is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long action is.

    Attributes:
        share: 0 to 1; None where nobody knows.
        words: What it does now.
        remaining_s: Seconds to its end; None where nobody knows.
    """

    share: float | None = None
    words: str = ""
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A long action as it is now.

    Attributes:
        title: What a person asked for.
        can_cancel: Whether it ends early when it is asked to.
        state: Where it is.
        progress: How far it is.
        error: What went wrong, for people; empty while nothing did.
        started: Monotonic seconds.
        result: What the work returned; empty until it did.
    """

    title: str
    can_cancel: bool = True
    state: JobState = JobState.RUNNING
    progress: Progress = Progress()
    error: str = ""
    started: float = field(default_factory=time.monotonic)
    result: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.state is JobState.RUNNING


class Awaited:
    """A long action of another process that somebody waits for here; it needs nobody who does.

    One at a time for the whole console. Safe for several threads.

    Args:
        left: Told of the end of one that nobody waits for any more, and of one that was not
            dismissed when the next began.
        can_leave: Whether the wait can be given up now.
    """

    def __init__(self, left: Callable[[Job | None], object], can_leave: Callable[[], bool]) -> None:
        self._left, self._can_leave = left, can_leave
        self._lock = threading.Lock()
        self._job: Job | None = None

    def start(self, title: str, work: Callable[[], object]) -> None:
        """Begin one.

        Args:
            title: For people.
            work: Returns at its end; an `EmgRigError` in it becomes the job's error.

        Raises:
            RequestError: One is waited for.
        """
        job = Job(title, progress=Progress(words=GOES_ON))
        with self._lock:
            before = self._job
            if before is not None and before.is_running:
                raise RequestError(
                    f"expected to start {title}, got {before.title} which is still running; wait "
                    "for it"
                )
            self._job = job
        self._left(before)
        threading.Thread(target=self._run, args=(job, work), name=title, daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether one is waited for."""
        job = self._job
        return job is not None and job.is_running

    def get(self) -> Job | None:
        """Return it as it is now."""
        job = self._job
        return None if job is None else replace(job, can_cancel=self._can_leave())

    def cancel(self) -> None:
        """Wait no longer; it goes on."""
        with self._lock:
            if self.is_running:
                self._job = None

    def dismiss(self) -> None:
        """Say nothing more about one that ended."""
        with self._lock:
            if not self.is_running:
                self._job = None

    def _run(self, job: Job, work: Callable[[], object]) -> None:
        # Whatever happens, it does not run any more afterwards.
        end = replace(job, state=JobState.FAILED, error=BROKEN)
        try:
            work()
            end = replace(job, state=JobState.DONE)
        except EmgRigError as error:
            end = replace(job, state=JobState.FAILED, error=str(error))
        finally:
            with self._lock:
                is_awaited = self._job is job
                if is_awaited:
                    self._job = end
            if not is_awaited:
                self._left(end)
