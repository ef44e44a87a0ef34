"""What a hand of generation 2 can be told, as plain values.

Source:
    The observable contract of the hand, sections 5.2, 5.4 and 5.9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "GetControlManifest",
    "GetRecordingSessionState",
    "RemoteCommand",
    "SetControl",
    "SetPresentation",
    "SetRecordingSession",
    "StartRecordingTrajectory",
    "StopRecordingTrajectory",
    "SweepControl",
]


@dataclass(frozen=True, slots=True)
class GetControlManifest:
    """Read the manifest; changes nothing."""


@dataclass(frozen=True, slots=True)
class SetControl:
    """Set numbers and states by address.

    Attributes:
        continuous: Address -> number.
        discrete: Address -> state, which is held.
    """

    continuous: Mapping[str, float] = field(default_factory=dict)
    discrete: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SweepControl:
    """Move one number through its range and measure what moves.

    Attributes:
        name: The address.
        duration_s: Of the whole sweep, seconds; the hand limits it.
        both_directions: To lo as well as to hi.
    """

    name: str
    duration_s: float
    both_directions: bool = False


@dataclass(frozen=True, slots=True)
class SetPresentation:
    """Change how the pose is displayed, never what is commanded.

    Attributes:
        blend: Whether the display glides.
        blend_speed: Ignored unless above 0.
    """

    blend: bool
    blend_speed: float


@dataclass(frozen=True, slots=True)
class SetRecordingSession:
    """Tell the hand whether a recording runs; gates its keyboard only."""

    active: bool


@dataclass(frozen=True, slots=True)
class StartRecordingTrajectory:
    """Loop a movement on the control hand.

    Attributes:
        movement: In any casing.
        frequency_hz: One over the seconds of a closing; 0 or less keeps it.
        hold_time_s: Seconds at full excursion; negative keeps it.
        rest_time_s: Seconds at rest; negative keeps it.
    """

    movement: str
    frequency_hz: float = 0.0
    hold_time_s: float = -1.0
    rest_time_s: float = -1.0


@dataclass(frozen=True, slots=True)
class StopRecordingTrajectory:
    """End the loop; harmless where none runs."""


@dataclass(frozen=True, slots=True)
class GetRecordingSessionState:
    """Read the state of the recording; changes nothing."""


RemoteCommand = (
    GetControlManifest
    | SetControl
    | SweepControl
    | SetPresentation
    | SetRecordingSession
    | StartRecordingTrajectory
    | StopRecordingTrajectory
    | GetRecordingSessionState
)
