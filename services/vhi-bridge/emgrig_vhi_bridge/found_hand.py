"""What is said to a hand, whatever its generation."""

from dataclasses import dataclass
from typing import Protocol

from emgrig.control import HandAck, HandState

from emgrig_vhi_bridge.gating import Drive

__all__ = ["FoundHand", "Held", "Smoothing", "Speed"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a hand was told to show until the next.

    Attributes:
        name: A movement.
        sweep: It goes in and out of it, instead of holding it.
    """

    name: str
    sweep: bool = False


@dataclass(frozen=True, slots=True)
class Speed:
    """Timing of a sweep; None leaves a value as the hand has it.

    Attributes:
        frequency_hz: One over the seconds of a closing, or of an opening; above 0.
        hold_s: At full excursion, seconds; 0 or more.
        rest_s: At rest, seconds; 0 or more.
    """

    frequency_hz: float | None = None
    hold_s: float | None = None
    rest_s: float | None = None

    def over(self, older: "Speed") -> "Speed":
        """Return these values, and the older ones where there is none."""
        return Speed(
            older.frequency_hz if self.frequency_hz is None else self.frequency_hz,
            older.hold_s if self.hold_s is None else self.hold_s,
            older.rest_s if self.rest_s is None else self.rest_s,
        )

    @property
    def on_the_wire(self) -> dict[str, float]:
        """The arguments of either generation's call, whose codes for "leave it" are the same."""
        return {
            "frequency_hz": 0.0 if self.frequency_hz is None else self.frequency_hz,
            "hold_time_s": -1.0 if self.hold_s is None else self.hold_s,
            "rest_time_s": -1.0 if self.rest_s is None else self.rest_s,
        }


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How the hand shows poses; never what it is told.

    Attributes:
        enabled: It glides to each pose instead of taking it at once.
        speed: Share of the way per second; None leaves it as the hand has it.
    """

    enabled: bool
    speed: float | None = None

    def over(self, older: "Smoothing | None") -> "Smoothing":
        """Return these values, with the older speed if there is none."""
        if self.speed is not None or older is None:
            return self
        return Smoothing(self.enabled, older.speed)


class FoundHand(Protocol):
    """A hand that may be driven; each call has a deadline and may raise HandError.

    What a hand cannot do is an answer with ``applied`` false.

    Attributes:
        protocol: ``v1`` or ``v2``.
        drives: Its addresses that fingers are mapped to; none where all go in one stream.
        warning: What to say of it, or nothing.
    """

    protocol: str
    drives: tuple[Drive, ...]
    warning: str

    def set_movement(self, name: str, *, sweep: bool = False) -> HandAck:
        """Select a movement and hold it, or go in and out of it until the next."""

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the keyboard."""

    def set_speed(self, speed: Speed) -> HandAck:
        """Change the timing of sweeps."""

    def set_smoothing(self, smoothing: Smoothing) -> HandAck:
        """Change how poses are shown."""

    def freeze(self, frozen: bool) -> HandAck:
        """Freeze the control hand, or stop it."""

    def get_state(self) -> HandState:
        """Return what the hand says of itself."""

    def has_forgotten(self, state: HandState, *, session: bool | None) -> bool:
        """Tell whether a state is that of a hand which was restarted, or commanded by another.

        Args:
            state: What it just said.
            session: What it was told of its keyboard; None for nothing.
        """

    def rest(self, held: Held | None) -> None:
        """Let go, before we leave, of what the hand was told to show."""
