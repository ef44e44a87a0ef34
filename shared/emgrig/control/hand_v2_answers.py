"""What a hand of generation 2 answers, as plain values.

Source:
    The observable contract of the hand, sections 5.2, 5.4 and 5.9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

__all__ = [
    "Capability",
    "ControlAck",
    "ControlKind",
    "ControlManifest",
    "RecordingAck",
    "RecordingState",
    "RemoteAnswer",
    "SweepObservation",
    "SweepReport",
]


class ControlKind(IntEnum):
    """What an address takes; the numbers are the wire's, 0 stands for CONTINUOUS."""

    CONTINUOUS = 1
    DISCRETE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One address that can be driven.

    Attributes:
        address: Lower case, dotted; also the name of its LSL stream if it takes numbers.
        kind: Numbers or named states.
        lo: Lowest number.
        hi: Highest number.
        rest: Number at rest.
        states: What can be held, in order.
        rest_state: The state at rest; empty means the first.
        description: For people.
        activation_threshold: For two states; 0 leaves it to the client.
    """

    address: str
    kind: ControlKind
    lo: float = 0.0
    hi: float = 0.0
    rest: float = 0.0
    states: tuple[str, ...] = ()
    rest_state: str = ""
    description: str = ""
    activation_threshold: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlManifest:
    """Everything that a hand can be driven by.

    Attributes:
        target_name: For people.
        vocabulary_version: Of the addresses' meaning, such as ``2.0``.
        capabilities: In the hand's order.
        target_version: Of the hand's build, such as ``2.1.0``.
    """

    target_name: str
    vocabulary_version: str
    capabilities: tuple[Capability, ...]
    target_version: str


@dataclass(frozen=True, slots=True)
class ControlAck:
    """The answer to :class:`SetControl` and :class:`SetPresentation`.

    Attributes:
        applied: Everything was applied.
        rejected: Address -> why it was not.
    """

    applied: bool
    rejected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SweepObservation:
    """What one element of the hand did.

    Attributes:
        element: The hand's own name of it.
        degrees_at_hi: Signed and measured.
        degrees_at_lo: The same at the other end; 0 if the sweep did not go there.
    """

    element: str
    degrees_at_hi: float
    degrees_at_lo: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepReport:
    """The answer to :class:`SweepControl`.

    Attributes:
        completed: The sweep ran to its end.
        message: What is to be said of it; why it did not run.
        observed: What moved.
        matched_expectation: What was measured is what the address stands for.
    """

    completed: bool
    message: str = ""
    observed: tuple[SweepObservation, ...] = ()
    matched_expectation: bool = False


@dataclass(frozen=True, slots=True)
class RecordingAck:
    """The answer to the recording's commands.

    Attributes:
        applied: False if the hand turned the command down.
        message: Why; empty if it did not.
    """

    applied: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingState:
    """The answer to :class:`GetRecordingSessionState`.

    Attributes:
        recording_session_active: Whether a recording runs, as told.
        trajectory_running: Whether the control hand loops a movement for it.
        trajectory_movement: Which; empty while none runs.
        animation_state: waiting, closing, holding, opening, resting or frozen.
        available_movements: What can be selected, in order.
        current_movement: The selection, whoever made it.
    """

    recording_session_active: bool
    trajectory_running: bool
    trajectory_movement: str
    animation_state: str
    available_movements: tuple[str, ...]
    current_movement: str


RemoteAnswer = ControlManifest | ControlAck | SweepReport | RecordingAck | RecordingState
