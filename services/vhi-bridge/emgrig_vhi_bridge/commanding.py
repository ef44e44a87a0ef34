"""Which command goes to the hand next, and when an absent hand is asked again: pure."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import NamedTuple

from emgrig.control import HandAck

from emgrig_vhi_bridge.found_hand import FoundHand

__all__ = ["BackOff", "Command", "CommandQueue", "Outcome", "TakeHand"]

type TakeHand = Callable[[], FoundHand]
"""Returns the hand, at the last moment before it is told something; raises HandError."""


class Outcome(NamedTuple):
    """What became of a command.

    Attributes:
        applied: The hand did it.
        words: Why not, otherwise empty.
    """

    applied: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command on its way to the hand.

    Who waits for its outcome no longer cancels it, and is told by that whether it can still be
    called off.

    Attributes:
        kind: Only the newest command of a kind matters, such as ``movement``.
        send: Takes the hand and makes the call; raises HandError.
        outcome: Resolved once, or cancelled.
    """

    kind: str
    send: Callable[[TakeHand], HandAck]
    outcome: Future[Outcome] = field(default_factory=Future)

    def begin(self) -> bool:
        """Return whether it is wanted still; from then on it cannot be called off."""
        if self.outcome.running():
            return True
        return not self.outcome.cancelled() and self.outcome.set_running_or_notify_cancel()

    def end(self, outcome: Outcome) -> None:
        """Tell what became of it; harmless if nobody wants to know."""
        if self.begin():
            self.outcome.set_result(outcome)


class CommandQueue:
    """Commands in order, at most one of each kind: the newest wins, the older learns of it.

    So it is bounded by the number of kinds, and a slow hand never works through a backlog.
    Thread safe.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, Command] = {}
        self._is_closed = False

    def put(self, command: Command) -> None:
        """Add a command; after `close` it is answered at once."""
        with self._changed:
            older = self._waiting.pop(command.kind, None)
            if self._is_closed:
                older = command
            else:
                self._waiting[command.kind] = command
            self._changed.notify()
        if older is not None:
            words = "vhi-bridge is stopping" if older is command else "a newer command replaced it"
            older.end(Outcome(False, words))

    def get(self, timeout_s: float) -> Command | None:
        """Wait for the next command; None when the time is up or the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed, timeout_s)
            if not self._waiting:
                return None
            return self._waiting.pop(next(iter(self._waiting)))

    def close(self) -> None:
        """Take no more; what waits can still be taken."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed


class BackOff:
    """Intervals between attempts: doubled after each failure up to a limit; seconds."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def failed(self) -> float:
        """Return how long to wait after one more failure."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, self._longest_s)
        return wait_s

    def succeeded(self) -> None:
        """Begin again with the first interval."""
        self._next_s = self._first_s
