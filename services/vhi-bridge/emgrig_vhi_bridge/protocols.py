"""Protocols that the rig runs by itself: timed here, whoever begins, watches or cancels them."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

from emgrig.control import hand_pb2
from emgrig.errors import EmgRigError, HandError, RequestError
from emgrig.runtime import Context

from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.cueing import Cueing, outcome_of
from emgrig_vhi_bridge.hand_link import HandLink
from emgrig_vhi_bridge.protocol_run import ProtocolRun
from emgrig_vhi_bridge.stepping import schedule_of
from emgrig_vhi_bridge.taking import ProtocolTakes
from emgrig_vhi_bridge.translating import speed_of

__all__ = ["Protocols"]

PERIOD_S = 0.2
"""Between two words to those who watch."""
END_S = 1.5
"""How long a bridge that must end waits for the end of a protocol."""
MOST_WORDS = 1000
"""Of a hand's words in an event, characters."""
TROUBLE = "protocol"
KEPT = "what was recorded is kept"
LOST = (
    "expected to cue a protocol to its end, got a restart of vhi-bridge in it: its cues have "
    "ended, its take goes on; stop it (emgrig record stop) or discard it"
)


class Protocols:
    """One at a time; any thread may call.

    Args:
        cueing: Shows the gestures.
        link: Told the timing of sweeps.
        takes: Records meanwhile, where asked to.
        context: For threads, the bus and the log.
        answer_s: Longest wait for a command to the hand, seconds.
    """

    def __init__(
        self,
        cueing: Cueing,
        link: HandLink,
        takes: ProtocolTakes,
        context: Context,
        answer_s: float,
    ) -> None:
        self._cueing, self._link, self._takes = cueing, link, takes
        self._context, self._answer_s = context, answer_s
        self._changed = threading.Condition()
        self._run: ProtocolRun | None = None
        context.doing = self._words

    def start(self, request: Any) -> Any:
        """Begin one; returns its status.

        Args:
            request: ``StartProtocolRequest``.

        Raises:
            RequestError: A step cannot be shown, a protocol or a take runs already.
            PeerError: The recorder does not answer.
        """
        schedule, speed = schedule_of(request), speed_of(request.speed)
        for name in dict.fromkeys(step.gesture for step in schedule.steps):
            self._cueing.class_index(name)
        run = ProtocolRun(secrets.token_hex(4), request.name, schedule)
        before = self._begin(run)
        try:
            if request.HasField("take_name"):
                run.session = self._takes.begin(request.take_name, run.run_id)
                self.forget_lost()
        except EmgRigError:
            self._run = before
            raise
        told = self._link.set_speed(speed) if request.HasField("speed") else None
        self._context.thread("protocol", lambda: self._work(run, told))
        if run.session:
            self._context.thread("protocol-take", lambda: self._follow_take(run))
        return run.status()

    def status(self) -> Any:
        """Return ``ProtocolStatus`` of the one under way or the last one."""
        run = self._run
        return hand_pb2.ProtocolStatus() if run is None else run.status()

    def watch(self) -> Iterator[Any]:
        """Yield `status` some times a second until the protocol is over.

        Raises:
            RequestError: There was none, or it was cancelled.
            EmgRigError: What kept it from its end.
        """
        run = self._run
        if run is None:
            raise RequestError("expected a protocol to watch, got none; start one first")
        while not run.is_over:
            step = run.step
            yield run.status()
            with self._changed:
                self._changed.wait_for(partial(run.has_left, step), PERIOD_S)
        yield run.status()
        if run.error is not None:
            raise run.error

    def cancel(self, why: str) -> bool:
        """End the one under way early, with words for people; returns whether one was cued."""
        run = self._run
        return run is not None and run.cancel(f"{why}; {KEPT}")

    def lost(self) -> None:
        """Say that an earlier bridge ended in one whose take goes on."""
        self._context.trouble(TROUBLE, LOST)

    def forget_lost(self) -> None:
        """Say so no more: that take is being ended."""
        self._context.clear(TROUBLE)

    def close(self) -> None:
        """End the one under way: the bridge ends."""
        run = self._run
        if run is None or run.is_over:
            return
        run.cancel(f"vhi-bridge was stopped; {KEPT}")
        with self._changed:
            self._changed.wait_for(lambda: run.is_over, END_S)

    def _begin(self, run: ProtocolRun) -> ProtocolRun | None:
        """Let it be the one under way; returns the one before."""
        if self._context.stopping.is_set():
            raise RequestError("expected a vhi-bridge that stays, got one that is being stopped")
        with self._changed:
            before = self._run
            if before is not None and not before.is_over:
                raise RequestError(
                    f"expected no protocol under way, got {before.name or 'one'}; wait for its "
                    "end, or cancel it"
                )
            self._run = run
            return before

    def _work(self, run: ProtocolRun, told: Future[Outcome] | None) -> None:
        """Run one to its end; a thread's body."""
        self._say(run, "started")
        try:
            if told is not None:
                self._applied("take the timing of its sweeps", told)
            self._show(run)
        except EmgRigError as error:
            run.fail(error)
        self._end(run)
        with self._changed:
            run.is_over = True
            self._changed.notify_all()

    def _follow_take(self, run: ProtocolRun) -> None:
        """Cue no further where others end its take; a thread's body."""
        action = self._takes.ended(run.session, lambda: run.is_finished)
        if action:
            run.cancel(f"its take was {action}")

    def _show(self, run: ProtocolRun) -> None:
        run.begin(time.monotonic())
        for k, step in enumerate(run.schedule.steps):
            if run.is_cancelled:
                return
            cue = self._cueing.ask(step.gesture, sweep=step.sweep)
            with self._changed:
                run.enter(k, cue.t)
                self._changed.notify_all()
            self._applied(f"show {step.gesture}", cue.asked)
            run.hold(k)

    def _end(self, run: ProtocolRun) -> None:
        """Leave the hand at rest unless it was to hold on; then end the take behind all of it."""
        run.finish()
        if run.error is not None or run.newest.sweep:
            self._cueing.rest()
        self._say(run, run.ending)
        try:
            if run.session:
                run.session = self._takes.end(run.session)
        except EmgRigError as error:
            run.fail(error)

    def _applied(self, what: str, asked: Future[Outcome]) -> None:
        outcome = outcome_of(asked, self._answer_s)
        if not outcome.applied:
            raise HandError(
                f"expected the hand to {what}, got: {outcome.words}; see emgrig hand status"
            )

    def _say(self, run: ProtocolRun, action: str) -> None:
        why = "" if run.error is None else str(run.error)[:MOST_WORDS]
        fields = {"action": action, "name": run.name, "run_id": run.run_id}
        fields |= {"session": run.session, "why": why}
        self._context.publisher.send("event/protocol", fields=fields)
        self._context.log.info("protocol", **fields)

    def _words(self) -> str:
        run = self._run
        return "" if run is None or run.is_over else run.words()
