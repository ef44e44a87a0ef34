"""Carry commands from the callers' threads to the frame that answers them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Protocol

from emgrig.control import SweepControl
from emgrig.errors import PeerError

from emgrig_virtual_hand.movements import Movement
from emgrig_virtual_hand.sweeping import limited_duration_s

__all__ = ["Commanded", "FrameQueue"]

# Frames come every 17 ms; one that takes this long will not come.
_ANSWER_S = 5.0


class Commanded(Protocol):
    """The hands of either generation, as far as commands go."""

    def execute(self, command: Any) -> Any:
        """Answer a command at once, or return a Future that a later frame completes."""

    def replace_movements(self, movements: Sequence[Movement]) -> None:
        """Offer other movements."""


class FrameQueue:
    """First in, first out, emptied once per frame.

    A caller that gave up does not take its command back: the hand applies it all the same.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[Commanded], None]] = SimpleQueue()
        self._waiting: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, command: Any) -> Any:
        """Wait for the frame that executes a command; from any thread.

        Raises:
            PeerError: The hand is shutting down.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._is_closed:
                raise PeerError("expected a hand that runs, got one that is shutting down")
            self._waiting.add(future)
            self._jobs.put(lambda hands: _complete(future, hands.execute(command)))
        longest_s = _longest_answer_s(command)
        try:
            return future.result(longest_s)
        except TimeoutError as error:
            raise PeerError(f"expected a frame within {longest_s} s, got none") from error
        finally:
            with self._lock:
                self._waiting.discard(future)

    def offer(self, movements: Sequence[Movement]) -> None:
        """Replace the movements with the next frame; from any thread."""
        self._jobs.put(lambda hands: hands.replace_movements(movements))

    def drain(self, hands: Commanded) -> int:
        """Execute what is queued now, in order; return how many.

        What arrives meanwhile waits for the next frame, so that callers cannot hold a frame up.
        """
        n = self._jobs.qsize()
        for _ in range(n):
            self._jobs.get_nowait()(hands)
        return n

    def close(self) -> None:
        """Turn waiting and later callers away; twice is harmless."""
        with self._lock:
            self._is_closed = True
            waiting = [future for future in self._waiting if not future.done()]
        for future in waiting:
            future.set_exception(PeerError("the hand is shutting down"))


def _complete(future: Future[Any], answer: Any) -> None:
    if isinstance(answer, Future):
        answer.add_done_callback(lambda done: future.set_result(done.result()))
    else:
        future.set_result(answer)


def _longest_answer_s(command: Any) -> float:
    if isinstance(command, SweepControl):
        return _ANSWER_S + limited_duration_s(command.duration_s)
    return _ANSWER_S
