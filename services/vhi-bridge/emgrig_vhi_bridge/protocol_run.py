"""One protocol from its first step to its last: where it is, and why it ended."""

import threading
import time
from typing import Any

from emgrig.control import hand_pb2
from emgrig.errors import EmgRigError, RequestError

from emgrig_vhi_bridge.stepping import Schedule, Step

__all__ = ["ProtocolRun"]

NO_STEP = Step("", 0.0)


class ProtocolRun:
    """Written by the thread that shows it, cancelled and read by any.

    Args:
        run_id: Tells it from others.
        name: For people.
        schedule: What is shown.

    Attributes:
        session: Of its take; empty without one.
        error: What kept it from its end, None if nothing did.
        is_over: Its take ended too.
    """

    def __init__(self, run_id: str, name: str, schedule: Schedule) -> None:
        self.run_id, self.name, self.schedule = run_id, name, schedule
        self.session = ""
        self.error: EmgRigError | None = None
        self.is_over = False
        self._at = (0, 0.0)
        self._began: float | None = None
        self._finished: float | None = None
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody cancelled it."""
        return self._cancelled.is_set()

    @property
    def step(self) -> int:
        """How many steps were begun."""
        return self._at[0]

    @property
    def newest(self) -> Step:
        """The step begun last."""
        return self.schedule.steps[self.step - 1] if self.step else NO_STEP

    @property
    def ending(self) -> str:
        """How it ended, in a word: ``done``, ``cancelled`` or ``failed``."""
        if self.is_cancelled:
            return "cancelled"
        return "done" if self.error is None else "failed"

    def begin(self, now: float) -> None:
        """Count its time from now on, monotonic seconds."""
        self._began = now

    def enter(self, index: int, t: float) -> None:
        """Note that a step begins, and the LSL clock at which it was asked for."""
        self._at = (index + 1, t)

    def has_left(self, step: int) -> bool:
        """Whether it is over, or at another step than the one of this number."""
        return self.is_over or self.step != step

    def hold(self, index: int) -> None:
        """Wait until a step is due to end, or somebody cancels it."""
        self._cancelled.wait(self.schedule.wait_s(index, self._elapsed_s()))

    @property
    def is_finished(self) -> bool:
        """Whether no more is shown; its take may still be on its way to its end."""
        return self._finished is not None

    def cancel(self, why: str) -> bool:
        """End it early, with words for people; returns whether it was not ending already."""
        with self._lock:
            if self._finished is not None or self.is_cancelled:
                return False
            words = f"expected the protocol to come to its end, got it cancelled: {why}"
            self.error = self.error or RequestError(words)
            self._cancelled.set()
            return True

    def fail(self, error: EmgRigError) -> None:
        """Note what went wrong; the first is the cause."""
        with self._lock:
            self.error = self.error or error

    def finish(self) -> None:
        """Note that no more is shown; only its take is to be ended."""
        with self._lock:
            self._finished = time.monotonic()

    def status(self) -> Any:
        """Return ``ProtocolStatus``."""
        is_over, elapsed_s, (step, t) = self.is_over, self._elapsed_s(), self._at
        is_shown = self._began is not None and self._finished is None
        status = hand_pb2.ProtocolStatus(
            running=not is_over,
            run_id=self.run_id,
            name=self.name,
            step=step,
            n_steps=len(self.schedule.steps),
            gesture=self.newest.gesture if is_shown else "",
            t=t,
            elapsed_s=elapsed_s,
            remaining_s=self.schedule.remaining_s(elapsed_s) if self._finished is None else 0.0,
            session=self.session,
        )
        if is_over and self.error is not None:
            status.error, status.cancelled = str(self.error), self.is_cancelled
        return status

    def words(self) -> str:
        """Return where it is, for people."""
        now = self.status()
        where = f"step {now.step} of {now.n_steps}"
        what = f"{now.gesture}, {now.remaining_s:.0f} s left" if now.gesture else "ending its take"
        title = f"protocol {now.name}".strip()
        return f"{title}: {where}, {what}"

    def _elapsed_s(self) -> float:
        if self._began is None:
            return 0.0
        return (time.monotonic() if self._finished is None else self._finished) - self._began
