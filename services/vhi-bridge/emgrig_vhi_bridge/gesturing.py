"""Turn predicted classes into the movements that the hand is told: the core, without I/O.

Sources: ``contracts/numerics.md``, "Edge trigger"; architecture 11 for the safety of a moving
hand. Every ``now`` is the same monotonic clock, in seconds. Not thread safe.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from emgrig.dsp import EdgeTrigger
from emgrig.errors import PeerError
from emgrig.messages import Message

__all__ = ["GestureTiming", "Gesturer", "RefusedGestureError"]

_AGAIN_S = 1.0
"""How long a hand that turned a movement down is left alone before it is told again."""


class RefusedGestureError(PeerError):
    """Raised for a prediction that does not move the hand.

    Attributes:
        reason: Word for the ledger: ``stale`` or ``unknown_movement``.
    """

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureTiming:
    """When a class moves the hand.

    Attributes:
        n_equal: Equal classes in a row that it takes.
        silence_s: Older data moves nothing; without predictions for so long the hand rests.
        after_cue_s: So long after an operator's cue the hand is the operator's: nobody has
            reacted yet, and the windows still hold what was before.
    """

    n_equal: int
    silence_s: float
    after_cue_s: float


class Gesturer:
    """Decides on a movement when the class changes, and on rest when predictions stop.

    Args:
        timing: When.
        rest: The movement of a hand that nobody moves.

    Attributes:
        turn: Counts what the hand is told, by whomever.
    """

    def __init__(self, timing: GestureTiming, rest: str) -> None:
        self._timing = timing
        self._rest = rest
        self._trigger: EdgeTrigger[str] = EdgeTrigger(timing.n_equal)
        self._shown: str | None = None
        self._is_ours = False
        # Whether a cue that has not ended was to replace a movement of ours.
        self._was_ours = False
        self.turn = 0
        self._again_at = math.inf
        self._last_good: float | None = None
        self._cue_until = float("-inf")

    def accept(
        self, message: Message, movements: Sequence[str], *, now: float, data_age_s: float
    ) -> str | None:
        """Return the movement that the hand must be told now, or None.

        Args:
            message: ``prediction/gesture``.
            movements: What the hand offers; empty while that is not known.
            now: Monotonic clock, seconds.
            data_age_s: Age of the prediction's last sample, seconds.

        Raises:
            RefusedGestureError: It moves nothing; the hand keeps its movement.
        """
        self._check_age(data_age_s)
        name = message.fields["class"]
        # What is rejected or unknown is a sign of life too, but it ends a row of equal classes.
        self._last_good = now - max(0.0, data_age_s)
        if name and movements and name not in movements:
            self._end_row()
            raise RefusedGestureError(
                "unknown_movement",
                f"expected a movement of the hand, one of {list(movements)}, got the class "
                f"{name!r} of model {message.fields['model_id']!r}; train with the hand's names",
            )
        if not name or now < self._cue_until:
            self._end_row()
            return None
        return self._show(name) if self._trigger.fires(name) else None

    def cued(self, name: str, now: float) -> int:
        """Take what the operator shows as shown; only a change from it is an edge.

        Returns:
            Which turn it is, for `cue_ended`.
        """
        self._trigger.rebase(name)
        self._was_ours |= self._is_ours
        self._shown, self._is_ours = name, False
        self._cue_until = now + self._timing.after_cue_s
        self._begin_turn()
        return self.turn

    def cue_ended(self, turn: int, *, applied: bool) -> None:
        """Learn what became of a cue; an older one than the newest turn matters no more.

        Nobody knows what a hand shows that did not do it, or not for sure: the next class that
        lasts is told, also the cued one, and a movement of ours that it was to replace becomes
        rest when predictions stop.
        """
        if turn != self.turn:
            return
        if not applied:
            self._trigger = EdgeTrigger(self._timing.n_equal)
            self._shown, self._is_ours = None, self._was_ours
            # They may have stopped while the cue was under way.
            self._last_good = float("-inf") if self._last_good is None else self._last_good
        self._was_ours = False

    def frozen(self, is_frozen: bool, now: float) -> None:
        """Take what the operator froze as his until he cues or stops it; a stopped hand rests."""
        if not is_frozen:
            self.cue_ended(self.cued(self._rest, now), applied=True)
            return
        self._is_ours = self._was_ours = False
        self._cue_until = float("inf")
        self._begin_turn()

    def refused(self, turn: int, now: float) -> None:
        """Learn that the hand did not do what it was told, unless it was told more since."""
        if turn == self.turn:
            self._again_at = now + _AGAIN_S

    def again(self, now: float) -> str | None:
        """Return what the hand refused and is still to show, rest above all, when that is due."""
        if self._shown is None or now < self._again_at:
            return None
        return self._show(self._shown)

    def tick(self, now: float) -> str | None:
        """Return rest when predictions have stopped and the movement is one of theirs."""
        if self._last_good is None or now < self._last_good + self._timing.silence_s:
            return None
        return self.release()

    def release(self) -> str | None:
        """Follow no predictions until the next one; return rest if they had moved the hand."""
        self._last_good = None
        if not self._is_ours or self._shown == self._rest:
            return None
        self._trigger.rebase(self._rest)
        return self._show(self._rest)

    def _end_row(self) -> None:
        if self._shown is None:
            self._trigger = EdgeTrigger(self._timing.n_equal)
        else:
            self._trigger.rebase(self._shown)

    def _show(self, name: str) -> str:
        self._shown, self._is_ours, self._was_ours = name, True, False
        self._begin_turn()
        return name

    def _begin_turn(self) -> None:
        self.turn += 1
        self._again_at = math.inf

    def _check_age(self, data_age_s: float) -> None:
        if data_age_s > self._timing.silence_s:
            raise RefusedGestureError(
                "stale",
                f"expected EMG of the last {self._timing.silence_s} s, got a prediction from "
                f"{data_age_s:.3f} s ago; find what is slow on its way, see the trace",
            )
