"""The commands' side of the hand: one worker, one call at a time, never the data path."""

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace

from emgrig.control import HandAck
from emgrig.errors import HandError, HandProtocolError
from emgrig.runtime import Context

from emgrig_vhi_bridge.commanding import BackOff, Command, CommandQueue, Outcome, TakeHand
from emgrig_vhi_bridge.found_hand import FoundHand, Held, Smoothing, Speed
from emgrig_vhi_bridge.hand_view import HandView
from emgrig_vhi_bridge.held_states import HeldStates

__all__ = ["HandLink"]

_LONGEST_RETRY_S = 4.0
_TROUBLE = "hand"


class HandLink:
    """Sends commands to the hand and brings a hand that returns back to where it was.

    Whenever the hand was lost, it is looked for and negotiated with anew: another one, or another
    generation, may come back.

    Args:
        find: Looks for the hand; raises HandError where there is none, HandProtocolError where
            it must not be driven.
        choose: Called with the hand that was found, or None for one that must not be driven.
        context: For troubles and counters.
        probe_s: Interval at which the hand is asked for its state, seconds; the VHI's own client
            does so once a second.

    Attributes:
        in_take: The rig is in a take, whatever the hand answered, or another client told it.
    """

    def __init__(
        self,
        find: Callable[[], FoundHand],
        choose: Callable[[FoundHand | None], None],
        context: Context,
        *,
        probe_s: float = 1.0,
    ) -> None:
        self.in_take = False
        self._probe_s = probe_s
        self._find = find
        self._choose = choose
        self._context = context
        self._hand: FoundHand | None = None
        self._queue = CommandQueue()
        self._back_off = BackOff(0.25, _LONGEST_RETRY_S)
        self._view = HandView()
        self._next_probe = 0.0
        self._held = HeldStates()
        self._must_restore = False

    @property
    def view(self) -> HandView:
        """What is known of the hand now."""
        return self._view

    def set_movement(
        self, name: str, *, sweep: bool = False, lasting: bool = False
    ) -> Future[Outcome]:
        """Queue: hold a movement's full excursion, or go in and out of it until the next.

        Args:
            name: A movement.
            sweep: Go in and out of it.
            lasting: A hand that did not take it is told when it is back, however late. Never for
                somebody who was told meanwhile that it failed.
        """
        held = Held(name, sweep)
        return self._put("movement", lambda take: self._held.show(take, held, lasting=lasting))

    def freeze(self, frozen: bool) -> Future[Outcome]:
        """Queue: freeze the control hand, or stop it; newer than any movement that waits."""
        return self._put("movement", lambda take: self._held.freeze(take, frozen))

    def set_session(self, active: bool) -> Future[Outcome]:
        """Queue: lock or free the hand's keyboard, for a take that begins or ended.

        The take is the rig's, whoever waits: this cannot be called off.
        """
        self.in_take = active
        command = Command("session", lambda take: self._send_session(take, active))
        command.begin()
        self._queue.put(command)
        return command.outcome

    def set_speed(self, speed: Speed) -> Future[Outcome]:
        """Queue: change the timing of sweeps; what is None stays."""
        return self._put("speed", lambda take: self._held.set_speed(take, speed))

    def set_smoothing(self, smoothing: Smoothing) -> Future[Outcome]:
        """Queue: change how the hand shows poses; a speed of None stays."""
        return self._put("smoothing", lambda take: self._held.set_smoothing(take, smoothing))

    def work(self, *, in_session: bool = False) -> None:
        """Send commands and probe the hand until `close`; the worker thread's body.

        Args:
            in_session: A take runs already, as after a restart of ours: the hand is told so.
        """
        self._held.session = in_session or None
        self.in_take |= in_session
        while not self._queue.is_closed:
            command = self._queue.get(max(0.0, self._next_probe - time.monotonic()))
            if command is not None:
                self._execute(command)
            elif time.monotonic() >= self._next_probe:
                self._probe()
        # The newest commands still leave, as with the VHI's own client: a session gate must not
        # stay shut because we were stopped just then.
        while (command := self._queue.get(0.0)) is not None:
            self._execute(command)
        self._leave()

    def close(self) -> None:
        """Take no more commands; `work` returns after those that wait."""
        self._queue.close()

    def _put(self, kind: str, send: Callable[[TakeHand], HandAck]) -> Future[Outcome]:
        command = Command(kind, send)
        self._queue.put(command)
        return command.outcome

    def _execute(self, command: Command) -> None:
        def take() -> FoundHand:
            # Only now: to look for the hand may take longer than somebody waits.
            hand = self._found()
            if not command.begin():
                raise CancelledError
            return hand

        try:
            ack = command.send(take)
        except CancelledError:
            return
        except HandError as error:
            self._lost(error)
            command.end(Outcome(False, str(error)))
        else:
            self._note(ack)
            command.end(Outcome(ack.applied, ack.message))

    def _send_session(self, take: TakeHand, active: bool) -> HandAck:
        ack = self._held.set_session(take, active)
        if ack.applied:
            self._see(session_active=active)
        return ack

    def _probe(self) -> None:
        try:
            self._look()
        except HandError as error:
            self._lost(error)
        else:
            self._next_probe = time.monotonic() + self._probe_s

    def _look(self) -> None:
        hand = self._found()
        state = hand.get_state()
        if not self._must_restore and hand.has_forgotten(state, session=self._held.session):
            # One that is back before it was missed is no trouble, but nothing to be silent about.
            self._context.count("hand_returns")
            self._hand = None
            state = self._found().get_state()
        self._see(
            state=state.current_state,
            movement=state.current_movement,
            movements=tuple(state.available_movements),
            session_active=state.session_active,
        )
        if self._must_restore:
            self._restore()

    def _found(self) -> FoundHand:
        """Return the hand, which is looked for if it was lost."""
        if self._hand is None:
            try:
                hand = self._find()
            except HandProtocolError:
                self._choose(None)
                raise
            self._choose(hand)
            self._hand = hand
            # Whoever is the first to find it: the probe that comes next tells it all.
            self._must_restore = True
            self._next_probe = 0.0
            self._view = replace(self._view, protocol=hand.protocol)
            if hand.warning:
                self._context.log.warning("hand", text=hand.warning)
        return self._hand

    def _leave(self) -> None:
        """Let the hand go; one that is gone needs no more."""
        try:
            if self._hand is not None:
                self._held.let_go(self._hand)
        except HandError as error:
            self._count_error(str(error))

    def _restore(self) -> None:
        """Tell a hand that came (back) what it was told before."""
        self._must_restore = False
        for ack in self._held.tell_again(self._found, self._view.movement):
            self._note(ack)
        if self._held.session:
            self._see(session_active=True)

    def _note(self, ack: HandAck) -> None:
        """Show what the hand answered; a refusal is counted."""
        if ack.current_movement:
            self._see(state=ack.current_state, movement=ack.current_movement)
        self._see(speed=self._held.speed, smoothing=self._held.smoothing)
        if not ack.applied:
            self._count_error(ack.message)

    def _see(self, **seen: object) -> None:
        self._view = replace(self._view, connected=True, **seen)  # type: ignore[arg-type]
        self._back_off.succeeded()
        self._context.clear(_TROUBLE)

    def _lost(self, error: HandError) -> None:
        self._hand = None
        self._view = replace(self._view, connected=False)
        self._count_error(str(error))
        self._context.trouble(_TROUBLE, str(error))
        self._next_probe = time.monotonic() + self._back_off.failed()

    def _count_error(self, words: str) -> None:
        self._context.count("command_errors")
        self._view = replace(self._view, errors=self._view.errors + 1, last_error=words)
