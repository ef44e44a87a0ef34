"""The way of a predicted class to the hand; shared by the loop and the operator's calls."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pylsl
from emgrig.messages import Message
from emgrig.runtime import Context

from emgrig_vhi_bridge.aging import DataAge
from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.gesturing import Gesturer, RefusedGestureError
from emgrig_vhi_bridge.hand_link import HandLink

__all__ = ["GestureOutput"]

_TROUBLE = "gestures"


class GestureOutput:
    """Runs the gesturer against the clock; movements leave through the commands' queue.

    Args:
        gesturer: Decides.
        link: Commands to the hand.
        context: For ledger, counters and troubles.
    """

    def __init__(self, gesturer: Gesturer, link: HandLink, context: Context) -> None:
        self._gesturer = gesturer
        self._link = link
        self._context = context
        # A movement of ours that takes the place of a cue in the queue ends that cue at once.
        self._lock = threading.RLock()
        self._age = DataAge()
        self._n_holds = 0

    def cued(self, name: str) -> int:
        """Learn what the operator has the hand show; called before it is told to.

        Returns:
            What `cue_ended` is to be called with.
        """
        with self._lock:
            return self._gesturer.cued(name, time.monotonic())

    def cue_ended(self, turn: int, *, applied: bool) -> None:
        """Learn whether the hand did what was cued; from any thread."""
        with self._lock:
            self._gesturer.cue_ended(turn, applied=applied)

    def frozen(self, is_frozen: bool) -> None:
        """Learn that the operator froze the hand, or stopped it; called when it is."""
        with self._lock:
            self._gesturer.frozen(is_frozen, time.monotonic())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no prediction move the hand while it is asked to freeze: it may take its time.

        A movement would take the place of a freeze that waits, or undo it.
        """
        with self._lock:
            self._n_holds += 1
        try:
            yield
        finally:
            with self._lock:
                self._n_holds -= 1

    def predict(self, message: Message, *, enabled: bool) -> None:
        """Tell the hand a new class; one that must not move it is counted.

        Args:
            message: ``prediction/gesture``.
            enabled: Whether the hand follows predictions at all.
        """
        ledger, now, reason = self._context.ledger, time.monotonic(), ""
        age_s = self._age.of(message, now_s=now, lsl_now_s=pylsl.local_clock())
        try:
            with self._lock:
                reason = self._reason_to_skip(enabled)
                if not reason:
                    movements = self._link.view.movements
                    self._tell(self._gesturer.accept(message, movements, now=now, data_age_s=age_s))
        except RefusedGestureError as error:
            ledger.refuse(message.topic, error.reason)
            self._context.count(f"gestures_{error.reason}")
            self._context.trouble(_TROUBLE, str(error))
            return
        if reason:
            ledger.skip(message.topic, reason)
            return
        ledger.use(message.topic)
        self._context.clear(_TROUBLE)
        self._context.running()

    def tick(self, *, enabled: bool) -> None:
        """Bring the hand to rest when predictions stopped, or are followed no more."""
        with self._lock:
            if self._n_holds:
                return
            gesturer, now = self._gesturer, time.monotonic()
            is_followed = enabled and not self._link.in_take
            self._tell(gesturer.tick(now) if is_followed else gesturer.release())
            # A hand that is away is told when it is back, without us; not that it refused then.
            if self._link.view.connected:
                self._tell(gesturer.again(now))

    def finish(self) -> None:
        """Bring the hand to rest if a prediction moved it."""
        with self._lock:
            self._tell(self._gesturer.release())

    def _reason_to_skip(self, enabled: bool) -> str:
        # While a session is recorded the hand shows what is cued, and nothing else.
        if not enabled or self._link.in_take:
            return "recording" if enabled else "output_off"
        return "freezing" if self._n_holds else ""

    def _tell(self, movement: str | None) -> None:
        if movement is not None:
            turn = self._gesturer.turn
            self._context.count("gestures")
            # Nobody waits for it: what is predicted is wanted until something else is.
            told = self._link.set_movement(movement, lasting=True)
            told.add_done_callback(lambda done: self._told(turn, done))

    def _told(self, turn: int, told: Future[Outcome]) -> None:
        if told.cancelled() or not told.result().applied:
            with self._lock:
                self._gesturer.refused(turn, time.monotonic())
