"""The two hands as pure state: time comes in as ``dt``, poses come out.

Source:
    The observable contract of the hand, section 2.
"""

import math
from collections.abc import Sequence
from enum import StrEnum

from emgrig_virtual_hand.movements import Movement
from emgrig_virtual_hand.posing import (
    Channels,
    angles_of_channels,
    channels_of_rotations,
    rest_rotations,
    rotations_of_angles,
    standard_channels_of_rotations,
    step_towards,
)

__all__ = ["AnimationState", "ControlHand", "PredictedHand"]

_FULL = math.pi / 2.0


class AnimationState(StrEnum):
    """The words that acks and states use."""

    WAITING = "waiting"
    CLOSING = "closing"
    HOLDING = "holding"
    OPENING = "opening"
    RESTING = "resting"
    FROZEN = "frozen"


class ControlHand:
    """The hand that shows what to do: loops, holds or rests one selected movement.

    The excursion is the sine of a phase between 0 and pi/2. Freezing keeps the stored phase, and
    stopping does not clear it: freezing a stopped hand brings its last pose back.

    Attributes:
        movements: What can be selected, in order; never empty.
        state: Where in the loop the hand is; stale while something else drives it.
        selected: The movement that is looped, held or frozen.
        frequency_hz: One over the seconds of a closing, and of an opening.
        hold_time_s: Seconds at full excursion.
        rest_time_s: Seconds at rest.
    """

    def __init__(self, movements: Sequence[Movement]) -> None:
        self.movements = tuple(movements)
        self.selected = self.movements[0]
        self.state = AnimationState.WAITING
        self.frequency_hz = 0.5
        self.hold_time_s = 1.0
        self.rest_time_s = 1.0
        self._phase = 0.0
        self._seconds_in_state = 0.0
        self._rotations = rest_rotations()

    @property
    def channels(self) -> Channels:
        """What the hand publishes now: ``(9,)``, float32."""
        return channels_of_rotations(self._rotations)

    @property
    def standard_channels(self) -> Channels:
        """What it publishes in generation 2: ``(9,)``, float32, flexion positive."""
        return standard_channels_of_rotations(self._rotations)

    def find(self, name: str) -> Movement | None:
        """Look a movement up by its exact name; None if it is not offered."""
        return next((one for one in self.movements if one.name == name), None)

    def hold(self, movement: Movement) -> None:
        """Select a movement and jump to its full excursion."""
        self.selected = movement
        self._phase = _FULL
        self._enter(AnimationState.FROZEN)

    def loop(self, movement: Movement) -> None:
        """Select a movement and loop it from rest, also if it loops already."""
        self.selected = movement
        self._phase = 0.0
        self._enter(AnimationState.CLOSING)

    def stop(self) -> None:
        """Let go of the movement and clear the pose; the phase stays stored."""
        self.clear()
        self._enter(AnimationState.WAITING)

    def freeze(self) -> None:
        """Hold the selected movement at the stored phase."""
        self._enter(AnimationState.FROZEN)

    def clear(self) -> None:
        """Put every joint to rest."""
        self._rotations = rest_rotations()

    def show(self, channels: Channels) -> None:
        """Take a pose from outside, unclamped.

        Args:
            channels: ``(9,)``, float32.
        """
        self._rotations = rotations_of_angles(angles_of_channels(channels))

    def replace_movements(self, movements: Sequence[Movement]) -> None:
        """Offer other movements; the selection is kept by name, else the first one is taken.

        Args:
            movements: In order; must not be empty.
        """
        self.movements = tuple(movements)
        self.selected = self.find(self.selected.name) or self.movements[0]
        self.stop()

    def advance(self, dt: float) -> None:
        """Let time pass and pose the hand.

        A phase lasts a whole number of frames: what a frame overshoots is dropped.

        Args:
            dt: Seconds, above 0.
        """
        if self.state is AnimationState.WAITING:
            return
        self._seconds_in_state += dt
        following = self._following_state()
        if following is not None:
            self._enter(following)
        excursion = math.sin(self._phase)
        self._rotations = rotations_of_angles(self.selected.angles(excursion))

    def _enter(self, state: AnimationState) -> None:
        self.state = state
        self._seconds_in_state = 0.0

    def _following_state(self) -> AnimationState | None:
        """Move the phase; return the state that begins now, if one does."""
        seconds = self._seconds_in_state
        match self.state:
            case AnimationState.CLOSING:
                self._phase = min(_FULL * seconds * self.frequency_hz, _FULL)
                return AnimationState.HOLDING if self._phase >= _FULL else None
            case AnimationState.HOLDING:
                return AnimationState.OPENING if seconds >= self.hold_time_s else None
            case AnimationState.OPENING:
                self._phase = max(_FULL * (1.0 - seconds * self.frequency_hz), 0.0)
                return AnimationState.RESTING if self._phase <= 0.0 else None
            case AnimationState.RESTING:
                return AnimationState.CLOSING if seconds >= self.rest_time_s else None
        return None


class PredictedHand:
    """The hand that shows what a decoder says: no states, no time-out, the newest sample.

    With smoothing a sample moves each joint only a share of the way, once; a hand whose samples
    stop, stops midway. A joint that took NaN stays NaN until smoothing is off.

    Attributes:
        smoothing: Whether a sample is approached rather than taken.
        smoothing_speed: Share of the way per second.
    """

    def __init__(self) -> None:
        self.smoothing = False
        self.smoothing_speed = 5.0
        self._rotations = rest_rotations()

    @property
    def channels(self) -> Channels:
        """What the hand publishes now: ``(9,)``, float32."""
        return channels_of_rotations(self._rotations)

    def take(self, channels: Channels, dt: float) -> None:
        """Follow a fresh sample.

        Args:
            channels: ``(9,)``, float32, unclamped.
            dt: Seconds since the previous frame.
        """
        target = rotations_of_angles(angles_of_channels(channels))
        if self.smoothing:
            target = step_towards(self._rotations, target, self.smoothing_speed * dt)
        self._rotations = target
