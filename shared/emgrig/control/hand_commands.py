"""What a hand of generation 1 can be told, and what it answers, as plain values.

Source:
    The observable contract of the hand, sections 1.2 to 1.4.
"""

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "ControlMode",
    "Freeze",
    "GetState",
    "HandAck",
    "HandCommand",
    "HandState",
    "SetChirality",
    "SetControlMode",
    "SetMovement",
    "SetSessionActive",
    "SetSmoothing",
    "SetSpeed",
]


class ControlMode(IntEnum):
    """What drives the control hand; the numbers are the wire's."""

    MOVEMENT = 0
    STREAM = 1
    IDLE = 2


@dataclass(frozen=True, slots=True)
class SetMovement:
    """Select a movement, and hold it or loop it.

    Attributes:
        name: Exactly as the hand lists it.
        cycle: False holds the full excursion, true loops from rest.
    """

    name: str
    cycle: bool = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """Freeze the hand at its stored phase, or stop it.

    Attributes:
        frozen: False is a full stop, not a resume.
    """

    frozen: bool


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Change the timing of the loop; each value that is out of range is ignored by itself.

    Attributes:
        frequency_hz: One over the seconds of a closing; above 0.
        hold_time_s: Seconds at full excursion; 0 or more.
        rest_time_s: Seconds at rest; 0 or more.
    """

    frequency_hz: float
    hold_time_s: float
    rest_time_s: float


@dataclass(frozen=True, slots=True)
class SetSmoothing:
    """Change the smoothing of the predicted hand.

    Attributes:
        enabled: False snaps to each sample.
        speed: Share of the way per second; ignored unless above 0.
    """

    enabled: bool
    speed: float


@dataclass(frozen=True, slots=True)
class SetChirality:
    """Ask for the other hand; a hand of generation 1 always turns this down."""

    right_hand: bool


@dataclass(frozen=True, slots=True)
class SetSessionActive:
    """Tell the hand whether a recording runs; gates its keyboard only."""

    active: bool


@dataclass(frozen=True, slots=True)
class SetControlMode:
    """Choose what drives the control hand.

    Attributes:
        mode: A :class:`ControlMode`; any other number means MOVEMENT.
    """

    mode: int


@dataclass(frozen=True, slots=True)
class GetState:
    """Read the state; changes nothing."""


HandCommand = (
    SetMovement
    | Freeze
    | SetSpeed
    | SetSmoothing
    | SetChirality
    | SetSessionActive
    | SetControlMode
    | GetState
)


@dataclass(frozen=True, slots=True)
class HandAck:
    """The answer to a command: the state right after it.

    Attributes:
        applied: False if the hand turned the command down.
        current_state: waiting, closing, holding, opening, resting or frozen.
        current_movement: The selection.
        message: Why it was turned down; empty if it was not.
    """

    applied: bool
    current_state: str
    current_movement: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class HandState:
    """The answer to :class:`GetState`.

    Attributes:
        current_state: waiting, closing, holding, opening, resting or frozen.
        current_movement: The selection.
        session_active: Whether a recording runs, as told.
        available_movements: What can be selected, in order.
        mode: Which set is offered, ``AI`` or ``Classifier``.
        control_mode: What drives the control hand.
    """

    current_state: str
    current_movement: str
    session_active: bool
    available_movements: tuple[str, ...]
    mode: str
    control_mode: ControlMode
