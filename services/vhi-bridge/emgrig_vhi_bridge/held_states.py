"""What the hand was told, and what of it a hand that returns is told again."""

from collections.abc import Iterator

from emgrig.control import HandAck

from emgrig_vhi_bridge.commanding import TakeHand
from emgrig_vhi_bridge.found_hand import FoundHand, Held, Smoothing, Speed

__all__ = ["HeldStates"]


class HeldStates:
    """Tells the hand, and remembers; each call takes the hand at the last moment.

    Not thread safe. Whatever takes the hand raises passes through: HandError, or that nobody wants
    it any more.

    Attributes:
        session: Whether its keyboard is locked, None for nothing that it is told.
        speed: Timing of sweeps as the hand was told.
        smoothing: As the hand was told; None before.
    """

    def __init__(self) -> None:
        self.session: bool | None = None
        self.speed = Speed()
        self.smoothing: Smoothing | None = None
        # What it is told again, and what it may show because of us, whether or not it said so.
        self._again: Held | None = None
        self._shown: Held | None = None

    def show(self, take: TakeHand, held: Held, *, lasting: bool = False) -> HandAck:
        """Hold a movement, or go in and out of it."""
        before = self._again, self._shown
        # Who asked is told of a failure, and counts on it: the hand must not do it later.
        self._again = held if lasting else None
        hand = take()
        self._shown = held
        ack = hand.set_movement(held.name, sweep=held.sweep)
        if ack.applied:
            self._again = held
        else:
            self._again, self._shown = before
        return ack

    def freeze(self, take: TakeHand, frozen: bool) -> HandAck:
        """Freeze the control hand, or stop it."""
        # Neither a stopped nor a frozen hand, nor one that should be, is moved by an older cue.
        before, self._again = self._again, None
        ack = take().freeze(frozen)
        if ack.applied:
            self._shown = None
        else:
            self._again = before
        return ack

    def set_speed(self, take: TakeHand, speed: Speed) -> HandAck:
        """Change the timing of sweeps; what is None stays."""
        told = speed.over(self.speed)
        ack = take().set_speed(told)
        if ack.applied:
            self.speed = told
        return ack

    def set_smoothing(self, take: TakeHand, smoothing: Smoothing) -> HandAck:
        """Change how the hand shows poses; a speed of None stays."""
        told = smoothing.over(self.smoothing)
        ack = take().set_smoothing(told)
        if ack.applied:
            self.smoothing = told
        return ack

    def set_session(self, take: TakeHand, active: bool) -> HandAck:
        """Lock or free the keyboard; a hand that did not answer is told when it is back."""
        self.session, before = active, self.session
        ack = take().set_session_active(active)
        # What was freed is nobody's: another client may lock it now, and keeps it.
        self.session = (active or None) if ack.applied else before
        return ack

    def tell_again(self, take: TakeHand, shown: str) -> Iterator[HandAck]:
        """Tell it all to a hand that came (back).

        Args:
            take: Returns it.
            shown: The movement that it shows now.
        """
        if self.session is not None:
            ack = self.set_session(take, self.session)
            if not ack.applied:
                self.session = None  # or it would count as forgotten at every look
            yield ack
        if self.speed != Speed():
            yield self.set_speed(take, Speed())
        if self.smoothing is not None:
            yield self.set_smoothing(take, self.smoothing)
        # A hand that only did not answer goes on; told again, a sweep would begin anew.
        if self._again is not None and self._again.name != shown:
            yield self.show(take, self._again, lasting=True)

    def let_go(self, hand: FoundHand) -> None:
        """Free the keyboard that we locked, and end what we had it show."""
        if self.session:
            hand.set_session_active(False)
        hand.rest(self._shown)
