"""Long actions: one of each name for the whole console, so that every page shows the same."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from emgrig.errors import EmgRigError, RequestError

__all__ = ["Job", "JobState", "Jobs", "NamedJob", "Progress", "Work"]

BROKEN = "the console itself failed; its log says how: look under Log"


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


type Work = Callable[[Callable[[Progress], None], threading.Event], str]
"""Does the action in a thread of its own: told where to report and when it is cancelled."""


class Jobs:
    """The long actions of this console; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._cancelled: dict[str, threading.Event] = {}

    def start(self, name: str, title: str, work: Work, *, can_cancel: bool = True) -> None:
        """Begin an action.

        Args:
            name: One of each name runs at a time.
            title: For people.
            work: What is done; an `EmgRigError` in it becomes the job's error.
            can_cancel: Whether it ends early when it is asked to.

        Raises:
            RequestError: One of this name is running.
        """
        cancelled = threading.Event()
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.is_running:
                raise RequestError(
                    f"expected to start {title}, got {known.title} which is still running; wait "
                    "for it or cancel it"
                )
            self._jobs[name] = Job(title, can_cancel)
            self._cancelled[name] = cancelled
        arguments = (name, work, cancelled)
        threading.Thread(target=self._run, args=arguments, name=f"job {name}", daemon=True).start()

    def get(self, name: str) -> Job | None:
        """Return the newest action of a name."""
        with self._lock:
            return self._jobs.get(name)

    def is_running(self, name: str) -> bool:
        """Whether an action of a name goes on."""
        job = self.get(name)
        return job is not None and job.is_running

    def cancel(self, name: str) -> None:
        """Ask an action to end; nothing happens where none runs."""
        with self._lock:
            event = self._cancelled.get(name)
        if event is not None:
            event.set()

    def dismiss(self, name: str) -> None:
        """Forget an action that ended."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and not job.is_running:
                del self._jobs[name]

    def cancel_all(self) -> None:
        """Ask every action to end."""
        with self._lock:
            events = list(self._cancelled.values())
        for event in events:
            event.set()

    def _run(self, name: str, work: Work, cancelled: threading.Event) -> None:
        def report(progress: Progress) -> None:
            self._change(name, progress=progress)

        # Whatever happens, it does not run any more afterwards.
        end: dict[str, object] = {"state": JobState.FAILED, "error": BROKEN}
        try:
            end = {"state": JobState.DONE, "error": "", "result": work(report, cancelled)}
        except EmgRigError as error:
            end = {"state": JobState.FAILED, "error": str(error)}
        finally:
            if cancelled.is_set() and end["error"] != BROKEN:
                end["state"] = JobState.CANCELLED
            self._change(name, **end)

    def _change(self, name: str, **changes: object) -> None:
        with self._lock:
            if name in self._jobs:
                self._jobs[name] = replace(self._jobs[name], **changes)  # type: ignore[arg-type]


class NamedJob:
    """The newest action of one name, as a page shows it.

    Args:
        jobs: Among these.
        name: Its name.
    """

    def __init__(self, jobs: Jobs, name: str) -> None:
        self._jobs, self._name = jobs, name

    def get(self) -> Job | None:
        """Return it as it is now."""
        return self._jobs.get(self._name)

    def cancel(self) -> None:
        """Ask it to end."""
        self._jobs.cancel(self._name)

    def dismiss(self) -> None:
        """Forget it, if it ended."""
        self._jobs.dismiss(self._name)
