"""The states of a process: one table, one door."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

__all__ = ["MAX_TROUBLE_TEXT", "TRANSITIONS", "Lifecycle", "State"]

MAX_TROUBLE_TEXT = 2000
"""Characters of one trouble: what a peer sent may be quoted in it, and health must stay small."""


class State(StrEnum):
    """Where a process is in its life."""

    STARTING = "STARTING"
    READY = "READY"
    RUNNING = "RUNNING"
    DEGRADED = "DEGRADED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    FAULTED = "FAULTED"


_WORKING = {State.READY, State.RUNNING, State.DEGRADED}
_ENDS = {State.STOPPING, State.FAULTED}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.STARTING: frozenset({State.READY, State.DEGRADED} | _ENDS),
    State.READY: frozenset({State.RUNNING, State.DEGRADED} | _ENDS),
    State.RUNNING: frozenset({State.READY, State.DEGRADED} | _ENDS),
    State.DEGRADED: frozenset({State.READY, State.RUNNING} | _ENDS),
    State.STOPPING: frozenset({State.STOPPED, State.FAULTED}),
    State.STOPPED: frozenset(),
    State.FAULTED: frozenset(),
}
"""State -> the states that it may leave to."""


class Lifecycle:
    """The state of this process and what is wrong with it; safe for several threads.

    The working state follows from facts: DEGRADED while there is any trouble, RUNNING while data
    flows, READY otherwise.

    Args:
        on_change: Called with the old and the new state, outside the lock.

    Attributes:
        state: The current state.
    """

    def __init__(self, on_change: Callable[[State, State], None]) -> None:
        self.state = State.STARTING
        self._on_change = on_change
        self._lock = threading.Lock()
        self._troubles: dict[str, tuple[str, float]] = {}
        self._is_flowing = False

    def enter(self, state: State) -> None:
        """Change the state; the same one again is nothing.

        Raises:
            ValueError: The table does not know that transition.
        """
        with self._lock:
            old = self.state
            if state == old:
                return
            if state not in TRANSITIONS[old]:
                raise ValueError(
                    f"expected one of {sorted(TRANSITIONS[old])} after {old}, got {state}"
                )
            self.state = state
        self._on_change(old, state)

    def set_trouble(self, key: str, text: str) -> bool:
        """Note what is wrong; returns whether it was not known yet."""
        with self._lock:
            known = self._troubles.get(key)
            self._troubles[key] = (text[:MAX_TROUBLE_TEXT], known[1] if known else time.monotonic())
        self.refresh()
        return known is None

    def clear_trouble(self, key: str) -> float | None:
        """Note that it is mended; returns how long it lasted in seconds, None if unknown."""
        with self._lock:
            known = self._troubles.pop(key, None)
        if known is None:
            return None
        self.refresh()
        return time.monotonic() - known[1]

    def set_flowing(self, is_flowing: bool) -> None:
        """Note whether data flows."""
        if is_flowing != self._is_flowing:
            self._is_flowing = is_flowing
            self.refresh()

    def troubles(self) -> dict[str, str]:
        """Return key -> what is wrong and since when."""
        now = time.monotonic()
        with self._lock:
            items = list(self._troubles.items())
        return {key: f"{text} (since {now - since:.0f} s)" for key, (text, since) in items}

    def refresh(self) -> None:
        """Enter the state that the facts ask for, unless the process starts or ends."""
        # Seen and switched under one lock: another thread may begin to stop in between.
        with self._lock:
            old = self.state
            if old not in _WORKING:
                return
            new = self._wanted()
            self.state = new
        if new != old:
            self._on_change(old, new)

    def _wanted(self) -> State:
        if self._troubles:
            return State.DEGRADED
        return State.RUNNING if self._is_flowing else State.READY
