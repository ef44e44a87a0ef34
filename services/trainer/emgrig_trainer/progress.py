"""How far a run is, and whether it shall go on."""

import time
from collections.abc import Callable
from typing import Any

from emgrig.errors import RequestError

__all__ = ["CancelledRunError", "Progress"]

_SHORTEST_S = 0.05
"""Between two reports of a stage: twenty a second are enough for a progress bar."""


class CancelledRunError(RequestError):
    """Raised inside a run that was asked to end."""


class Progress:
    """Reports stages; the one place where a run notices that it was cancelled.

    Args:
        emit: Called with each report: stage, done, total, elapsed_s, remaining_s.
        now_s: A monotonic clock.

    Attributes:
        is_cancelled: Set from a signal handler; the next report raises.
    """

    def __init__(
        self, emit: Callable[[dict[str, Any]], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.is_cancelled = False
        self._emit = emit
        self._now_s = now_s
        self._began_s = now_s()
        self._stage = ""
        self._stage_began_s = self._began_s
        self._told_s = self._began_s

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self._now_s() - self._began_s

    def report(self, stage: str, done: int, total: int, *, later: int = 0) -> None:
        """Say how far the stage is, and stop here if the run was cancelled.

        Raises:
            CancelledRunError: The run was cancelled.
        """
        self.check()
        self.tell(stage, done, total, later=later)

    def check(self) -> None:
        """Stop here if the run was cancelled.

        Raises:
            CancelledRunError: The run was cancelled.
        """
        if self.is_cancelled:
            raise CancelledRunError("the run was cancelled; nothing was written")

    def tell(self, stage: str, done: int, total: int, *, later: int = 0) -> None:
        """Say how far the stage is; too frequent reports are left out.

        Args:
            stage: ``windows``, ``validate``, ``fit`` or ``done``.
            done: Units done.
            total: Units of this stage.
            later: Units of the same cost that follow in later stages.
        """
        now_s = self._now_s()
        if stage != self._stage:
            self._stage, self._stage_began_s = stage, now_s
        elif done < total and now_s - self._told_s < _SHORTEST_S:
            return
        self._told_s = now_s
        per_unit_s = (now_s - self._stage_began_s) / done if done else 0.0
        self._emit(
            {
                "stage": stage,
                "done": done,
                "total": total,
                "elapsed_s": round(now_s - self._began_s, 3),
                "remaining_s": round(per_unit_s * (total - done + later), 3),
            }
        )
