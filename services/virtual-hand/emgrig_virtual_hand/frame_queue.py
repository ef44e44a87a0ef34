"""Carry commands from the callers' threads to the frame that answers them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue

from emgrig.control import HandAck, HandCommand, HandState
from emgrig.errors import PeerError

from emgrig_virtual_hand.commanding import Hands
from emgrig_virtual_hand.movements import Movement

__all__ = ["FrameQueue"]

Answer = HandAck | HandState

# Frames come every 17 ms; one that takes this long will not come.
_ANSWER_S = 5.0


class FrameQueue:
    """First in, first out, emptied once per frame.

    A caller that gave up does not take its command back: the hand applies it all the same.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[Hands], None]] = SimpleQueue()
        self._waiting: set[Future[Answer]] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, command: HandCommand) -> Answer:
        """Wait for the frame that executes a command; from any thread.

        Raises:
            PeerError: The hand is shutting down.
        """
        future: Future[Answer] = Future()
        with self._lock:
            if self._is_closed:
                raise PeerError("expected a hand that runs, got one that is shutting down")
            self._waiting.add(future)
            self._jobs.put(lambda hands: future.set_result(hands.execute(command)))
        try:
            return future.result(_ANSWER_S)
        except TimeoutError as error:
            raise PeerError(f"expected a frame within {_ANSWER_S} s, got none") from error
        finally:
            with self._lock:
                self._waiting.discard(future)

    def offer(self, movements: Sequence[Movement]) -> None:
        """Replace the movements with the next frame; from any thread."""
        self._jobs.put(lambda hands: hands.replace_movements(movements))

    def drain(self, hands: Hands) -> int:
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
