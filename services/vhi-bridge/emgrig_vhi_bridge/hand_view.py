"""What the bridge knows of the hand."""

from dataclasses import dataclass, field

from emgrig_vhi_bridge.found_hand import Smoothing, Speed

__all__ = ["HandView"]


@dataclass(frozen=True, slots=True)
class HandView:
    """What is known of the hand; the worker replaces it as a whole, so any thread may read it.

    Attributes:
        connected: The last call was answered, by a hand that may be driven.
        protocol: Generation of the hand that was found last; empty before.
        state: The hand's own word, such as ``frozen``.
        movement: The selected movement.
        movements: What it can be told to do.
        session_active: Its keyboard is locked for a recording.
        speed: Timing of sweeps as the hand was told.
        smoothing: As the hand was told; None before.
        errors: Commands that failed or were turned down since the start.
        last_error: The newest one's words.
    """

    connected: bool = False
    protocol: str = ""
    state: str = ""
    movement: str = ""
    movements: tuple[str, ...] = ()
    session_active: bool = False
    speed: Speed = field(default_factory=Speed)
    smoothing: Smoothing | None = None
    errors: int = 0
    last_error: str = ""
