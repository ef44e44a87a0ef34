"""The one way of a cue: to the hand, to LSL and to the bus, whoever asks for it."""

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from typing import NamedTuple

import pylsl
from emgrig.errors import RequestError
from emgrig.transport import Publisher

from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.gesture_output import GestureOutput
from emgrig_vhi_bridge.hand_link import HandLink
from emgrig_vhi_bridge.outlets import CueOutlet
from emgrig_vhi_bridge.translating import class_index_of

__all__ = ["AskedCue", "Cueing", "outcome_of"]


def outcome_of(asked: Future[Outcome], answer_s: float) -> Outcome:
    """Wait for what the hand says to a command, at most so long, seconds; then call it off."""
    try:
        return asked.result(answer_s)
    except CancelledError:
        return Outcome(False, "whoever asked has hung up, and the hand was not told")
    except TimeoutError:
        became = "was not told" if asked.cancel() else "was told, and may do it yet"
        return Outcome(
            False,
            f"expected the hand to answer within {answer_s} s, it {became}; see what "
            "it does (emgrig status), then ask again",
        )


class AskedCue(NamedTuple):
    """A gesture that the hand was asked to show.

    Attributes:
        class_index: Its index among the rig's classes.
        t: LSL clock at which it was asked for, seconds.
        asked: What the hand says to it.
    """

    class_index: int
    t: float
    asked: Future[Outcome]


class Cueing:
    """Shows gestures; any thread may call.

    Args:
        link: Commands to the hand.
        gestures: Predicted classes to the hand: they learn what is cued.
        outlet: Class indices to EMG generators.
        publisher: For ``event/cue``.
        classes: The rig's by index; the first is rest.
    """

    def __init__(
        self,
        link: HandLink,
        gestures: GestureOutput,
        outlet: CueOutlet,
        publisher: Publisher,
        classes: Sequence[str],
    ) -> None:
        self._classes = tuple(classes)
        self._link, self._gestures = link, gestures
        self._outlet, self._publisher = outlet, publisher
        self._lock = threading.Lock()

    def class_index(self, name: str) -> int:
        """Return a gesture's class index.

        Raises:
            RequestError: It is no class of the rig, or no movement of the hand.
        """
        return class_index_of(name, self._classes, self._link.view.movements)

    def ask(self, name: str, *, sweep: bool = False, lasting: bool = False) -> AskedCue:
        """Ask the hand for a gesture and tell everybody; waits for nobody.

        Args:
            name: A gesture.
            sweep: Go in and out of it.
            lasting: As of `HandLink.set_movement`.

        Raises:
            RequestError: It is no class of the rig, or no movement of the hand.
        """
        index = self.class_index(name)
        with self._lock:
            t = float(pylsl.local_clock())
            turn = self._gestures.cued(name)
            asked = self._link.set_movement(name, sweep=sweep, lasting=lasting)
            asked.add_done_callback(lambda done: self._ended(turn, done))
            self._outlet.push(index, t)
            fields = {"name": name, "class_index": index, "t": t, "sweep": sweep}
            self._publisher.send("event/cue", t_first=t, t_last=t, fields=fields)
        return AskedCue(index, t, asked)

    def rest(self) -> None:
        """Bring the control hand to rest, which is a cue as any; waits for nobody.

        A hand that is away is told when it is back. One without a movement for it is stopped.
        """
        try:
            self.ask(self._classes[0], lasting=True)
        except RequestError:
            self._link.freeze(False)

    def _ended(self, turn: int, asked: Future[Outcome]) -> None:
        applied = not asked.cancelled() and asked.result().applied
        self._gestures.cue_ended(turn, applied=applied)
