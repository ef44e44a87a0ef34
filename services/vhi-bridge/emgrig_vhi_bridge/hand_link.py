"""The commands' side of the hand: one worker, one call at a time, never the data path."""

import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

from emgrig.errors import HandError
from emgrig.runtime import Context

from emgrig_vhi_bridge.commanding import BackOff, Command, CommandQueue, Outcome

__all__ = ["HandClient", "HandLink", "HandView"]

_PROBE_S = 1.0
"""Interval at which the hand is asked for its state; the VHI's own client does the same."""
_LONGEST_RETRY_S = 4.0

_TROUBLE = "hand"


class HandClient(Protocol):
    """What is needed of a hand's gRPC; each call has a deadline and may raise HandError."""

    def set_movement(self, name: str, *, cycle: bool) -> Any:
        """Select a movement; returns a CommandAck."""

    def set_session_active(self, active: bool) -> Any:
        """Lock or free the keyboard; returns a CommandAck."""

    def get_state(self) -> Any:
        """Return a StateReply."""


@dataclass(frozen=True, slots=True)
class HandView:
    """What is known of the hand; the worker replaces it as a whole, so any thread may read it.

    Attributes:
        connected: The last call was answered.
        state: The hand's own word, such as ``frozen``.
        movement: The selected movement.
        movements: What it can be told to do.
        session_active: Its keyboard is locked for a recording.
        errors: Commands that failed or were turned down since the start.
        last_error: The newest one's words.
    """

    connected: bool = False
    state: str = ""
    movement: str = ""
    movements: tuple[str, ...] = ()
    session_active: bool = False
    errors: int = 0
    last_error: str = ""


class HandLink:
    """Sends commands to the hand and brings a hand that returns back to where it was.

    Args:
        client: The hand's gRPC, with a deadline on every call.
        context: For troubles and counters.
    """

    def __init__(self, client: HandClient, context: Context) -> None:
        self._client = client
        self._context = context
        self._queue = CommandQueue()
        self._back_off = BackOff(0.25, _LONGEST_RETRY_S)
        self._view = HandView()
        self._next_probe = 0.0
        # What the hand was told last, and must be told again after it was restarted.
        self._movement: str | None = None
        self._session: bool | None = None

    @property
    def view(self) -> HandView:
        """What is known of the hand now."""
        return self._view

    def set_movement(self, name: str) -> Future[Outcome]:
        """Queue: jump to a movement's full excursion and hold it."""
        return self._put(Command("movement", lambda: self._send_movement(name)))

    def set_session(self, active: bool) -> Future[Outcome]:
        """Queue: lock or free the hand's keyboard."""
        return self._put(Command("session", lambda: self._send_session(active)))

    def work(self) -> None:
        """Send commands and probe the hand until `close`; the worker thread's body."""
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

    def close(self) -> None:
        """Take no more commands; `work` returns after those that wait."""
        self._queue.close()

    def _put(self, command: Command) -> Future[Outcome]:
        self._queue.put(command)
        return command.outcome

    def _execute(self, command: Command) -> None:
        try:
            outcome = command.send()
        except HandError as error:
            self._lost(error)
            outcome = Outcome(False, str(error))
        else:
            if not outcome.applied:
                self._count_error(outcome.words)
        command.outcome.set_result(outcome)

    def _send_movement(self, name: str) -> Outcome:
        self._movement, before = name, self._movement
        ack = self._client.set_movement(name, cycle=False)
        if not ack.applied:
            self._movement = before
        self._see(state=ack.current_state, movement=ack.current_movement)
        return Outcome(ack.applied, ack.message)

    def _send_session(self, active: bool) -> Outcome:
        self._session = active
        ack = self._client.set_session_active(active)
        self._see(session_active=active)
        return Outcome(ack.applied, ack.message)

    def _probe(self) -> None:
        try:
            self._look()
        except HandError as error:
            self._lost(error)
        else:
            self._next_probe = time.monotonic() + _PROBE_S

    def _look(self) -> None:
        state = self._client.get_state()
        was_connected = self._view.connected
        self._see(
            state=state.current_state,
            movement=state.current_movement,
            movements=tuple(state.available_movements),
            session_active=state.session_active,
        )
        # A hand that was restarted between two probes shows it by having lost the session.
        is_fresh = self._session is not None and state.session_active != self._session
        if not was_connected or is_fresh:
            self._restore()

    def _restore(self) -> None:
        """Tell a hand that came (back) what it was told before."""
        if self._session is not None:
            self._send_session(self._session)
        if self._movement is not None and self._movement != self._view.movement:
            self._send_movement(self._movement)

    def _see(self, **seen: object) -> None:
        self._view = replace(self._view, connected=True, **seen)  # type: ignore[arg-type]
        self._back_off.succeeded()
        self._context.clear(_TROUBLE)

    def _lost(self, error: HandError) -> None:
        self._view = replace(self._view, connected=False)
        self._count_error(str(error))
        self._context.trouble(_TROUBLE, str(error))
        self._next_probe = time.monotonic() + self._back_off.failed()

    def _count_error(self, words: str) -> None:
        self._context.count("command_errors")
        self._view = replace(self._view, errors=self._view.errors + 1, last_error=words)
