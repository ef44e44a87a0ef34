"""What is recorded now: one take and its books, for the receiving thread and for commands."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Lock
from typing import Any

from emgrig.errors import RequestError
from emgrig.messages import Kind, Message
from emgrig.runtime import Context

from emgrig_recorder.books import TakeBooks, ledger_of
from emgrig_recorder.clocks import clock_now
from emgrig_recorder.reports import Reports
from emgrig_recorder.take import Take, TakeState

__all__ = ["Positions", "Recording"]

LEDGER_S = 10.0
"""Time between two books in the journal: what a power cut may cost of the balance, and what a
recorder that was killed has to read."""

Positions = Mapping[str, Mapping[str, tuple[str, int]]]


class Recording:
    """Take messages in while a take runs; any thread may call.

    The lock is held for the time of one append or one command, never while somebody is asked for
    messages or a session is made.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = Lock()
        self._take: Take | None = None
        self._reports = Reports()
        self._ledger_at = time.monotonic()
        self._stop_asked: Future[Take] | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a take."""
        return self._take is not None

    @property
    def is_ending(self) -> bool:
        """Whether somebody waits for the take's end."""
        return self._stop_asked is not None

    @property
    def is_owed(self) -> bool:
        """Whether a process is late with a word of what it sent and counted."""
        with self._lock:
            return bool(self._reports.owing())

    def state(self) -> TakeState | None:
        """Return what the running take has come to, None without one."""
        with self._lock:
            return None if self._take is None else self._take.state()

    def begin(self, make: Callable[[], Take]) -> None:
        """Record into a new take from now on.

        Raises:
            RequestError: One is running, or the process ends.
            SessionError: The journal cannot be written.
        """
        with self._lock:
            if self._take is not None:
                raise RequestError(
                    f"expected no recording, got {self._take.session} which is running; "
                    "stop or discard it first (emgrig record stop)"
                )
            if self._context.stopping.is_set():
                raise RequestError("expected a recorder that stays, got one that is being stopped")
            self._take = take = make()
            self._note_own_ledger()
            self._reports.begin()
            self._write_books(take)
            self._announce(take, "started")

    def resume(self, take: Take, books: TakeBooks) -> None:
        """Record into a take that was cut off."""
        with self._lock:
            self._take = take
            self._reports.resume(books, [*take.counts.positions, *take.began.heard])
            take.append_record("resumed", clock_now())

    def take_in(self, message: Message) -> None:
        """Do with a message what is due."""
        ledger = self._context.ledger
        with self._lock:
            take = self._take
            if message.kind == Kind.HEALTH:
                self._note_ledger(message.source, message.epoch, ledger_of(message.fields))
                ledger.use(message.topic)
            elif take is None:
                ledger.skip(message.topic, "not_recording")
            elif take.began.is_after(message):
                ledger.skip(message.topic, "before_take")
            elif not take.counts.admits(message):
                ledger.refuse(message.topic, "too_many_forms")
            elif take.append(message):
                ledger.use(message.topic)
                self._context.running()
            else:
                ledger.skip(message.topic, "not_written")

    def take_in_early(self, message: Message) -> None:
        """Write what waits for others before it, lest our death cost it; its turn comes later."""
        with self._lock:
            take = self._take
            if take and not take.began.is_after(message) and take.counts.admits(message):
                take.append_early(message)

    def tick(self) -> Positions:
        """Do what is due by time.

        Returns:
            What to fetch, source -> topic -> (epoch, number to go on with): the disk refused it.
        """
        with self._lock:
            take = self._take
            if take is None:
                return {}
            is_open_again = take.tick()
            if time.monotonic() - self._ledger_at >= LEDGER_S:
                self._ledger_at = time.monotonic()
                self._write_books(take)
            if take.trouble is not None:
                self._context.trouble("disk", str(take.trouble))
            else:
                self._context.clear("disk")
            return take.counts.positions_without(self._context.name) if is_open_again else {}

    def missed(self) -> Positions:
        """Return, as `tick`, all that may have come since the last message written."""
        with self._lock:
            return self._take.counts.positions_without(self._context.name) if self._take else {}

    def label(self, fields: Mapping[str, Any]) -> None:
        """Send and record a label; its ``t`` 0 means that of the newest recorded sample.

        Raises:
            RequestError: No take is running.
        """
        with self._lock:
            take = self._running()
            t = fields["t"] or take.counts.newest_t
            self._record_own("event/label", {**fields, "t": t}, take)

    def ask_to_stop(self) -> "Future[Take]":
        """Ask the receiving thread to end the take, behind what has been sent until now.

        Raises:
            RequestError: None is running, or it is being stopped.
        """
        with self._lock:
            take = self._running()
            if self._stop_asked is not None:
                raise RequestError(
                    f"expected a recording that goes on, got {take.session} which is being "
                    "stopped; wait for its session"
                )
            self._stop_asked = Future()
            return self._stop_asked

    def end(self, action: str, *, is_final: bool) -> Take:
        """End the take, and tell whoever asked for it.

        Args:
            action: ``stopped`` or ``discarded``.
            is_final: Also when the disk refuses to complete the journal.

        Raises:
            RequestError: None is running, or its journal cannot be completed: it goes on.
        """
        with self._lock:
            asked, self._stop_asked = self._stop_asked or Future(), None
            try:
                take = self._end(self._running(), action, is_final=is_final)
            except RequestError as error:
                asked.set_exception(error)
                raise
            if action == "discarded":
                asked.set_exception(RequestError(f"expected {take.session}, got it discarded"))
            else:
                asked.set_result(take)
            return take

    def leave(self) -> None:
        """Close the journal of a running take and say no word of an end."""
        with self._lock:
            if self._take is None:
                return
            self._take.close()
            self._take = None
            if self._stop_asked is not None:
                words = "expected a recorder that works, got a fault of it; the recording goes on"
                self._stop_asked.set_exception(RequestError(words))
                self._stop_asked = None

    def _end(self, take: Take, action: str, *, is_final: bool) -> Take:
        self._reports.end(take.counts.newest_t)
        self._write_books(take)
        if take.trouble is not None and not is_final:
            raise RequestError(
                f"expected to complete the recording {take.session}, got: {take.trouble}; it goes "
                "on: make room and stop it again, or discard it"
            )
        self._announce(take, action)
        take.close()
        self._take = None
        self._context.clear("disk")
        return take

    def _running(self) -> Take:
        if self._take is None:
            raise RequestError(
                "expected a running recording, got none; start one first (emgrig record start)"
            )
        return self._take

    def _announce(self, take: Take, action: str) -> None:
        self._record_own("event/recording", {"action": action, "session": take.session}, take)
        self._context.log.info("recording", action=action, session=take.session)

    def _record_own(self, topic: str, fields: Mapping[str, Any], take: Take) -> None:
        take.append_own(self._context.publisher.send(topic, fields=fields))

    def _note_ledger(self, process: str, epoch: str, ledger: Mapping[str, Any]) -> None:
        t = None if self._take is None else self._take.counts.newest_t
        self._reports.note(process, epoch, ledger, t=t)

    def _note_own_ledger(self) -> None:
        own = ledger_of({"ledger": self._context.ledger.snapshot()})
        self._note_ledger(self._context.name, self._context.publisher.epoch, own)

    def _write_books(self, take: Take) -> None:
        """Write what every process's ledger gained, as of its newest health, and how far we are."""
        self._note_own_ledger()
        take.append_record("ledger", self._reports.books.gained())
        so_far = {
            "began": take.began.heard,
            "counts": take.counts.as_document(),
            "steady": sorted(self._reports.books.unbroken() & self._reports.here()),
        }
        take.append_record("books", {**self._reports.books.as_document(), **so_far})
