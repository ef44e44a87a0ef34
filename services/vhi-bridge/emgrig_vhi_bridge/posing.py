"""Turn predictions into poses that are safe to show: the core, without clock or sockets.

A pose is (9,) float32 in the order of the hand's channels; -1 is full flexion, 0 is rest.
Sources: ``contracts/vhi.md`` 3.5 for channels and sign, ``contracts/numerics.md`` for the
expansion and the filters, architecture 11 for the safety of a moving hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from emgrig.dsp import FLEXION_CHANNELS, FLEXION_NAMES, FilterSettings, OutputFilter
from emgrig.messages import N_POSE, Message
from numpy.typing import NDArray

from emgrig_vhi_bridge.refusing import check_flexions, too_old

__all__ = ["Pose", "Poser", "Timing"]

_RESEND_GRACE = 1.5
"""First re-send after a prediction, in intervals: a 32 Hz model must not race a 32 Hz re-send."""

_MARGIN_S = 0.02
"""Time a decision may need to become a pushed pose: no pose of older data reaches the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When the poser acts by itself; seconds.

    Attributes:
        resend_s: Interval at which the last pose is sent again.
        silence_s: Data older than this never moves the hand: it is refused, its pose is not sent
            again, and the hand goes to rest.
        ramp_s: Length of the way to rest.
    """

    resend_s: float
    silence_s: float
    ramp_s: float


@dataclass(frozen=True, slots=True)
class Pose:
    """One sample for the hand.

    Attributes:
        values: (9,) float32, flexion channels in [-1, 0], the others 0; once pushed to a hand of
            generation 2, what its addresses were told.
        reason: ``prediction``, ``resend`` or ``rest``.
        model_id: The model behind it, empty at rest.
        good_for_s: So long from now on it may be shown, by the age of its data.
    """

    values: NDArray[np.float32]
    reason: Literal["prediction", "resend", "rest"]
    model_id: str
    good_for_s: float = float("inf")


class Poser:
    """The state machine between predictions and the hand.

    It follows predictions; goes to rest by a linear ramp when they stop, when its output is
    switched off and when it is told to; rests until the next good one. Every ``now`` is the same
    monotonic clock, in seconds. Not thread safe.

    Args:
        timing: When it acts by itself.
        settings: The output filter.
        targets: Names that a model gives to the five flexions.
    """

    def __init__(
        self,
        timing: Timing,
        settings: FilterSettings,
        targets: Sequence[str] = FLEXION_NAMES,
    ) -> None:
        self._timing = timing
        self._targets = list(targets)
        self._fresh_s = timing.silence_s - min(_MARGIN_S, timing.silence_s / 2)
        self._filter = OutputFilter(settings)
        self._values = np.zeros(N_POSE, np.float32)
        self._model_id = ""
        self._stream: tuple[str, str, str] | None = None
        self._sample_index = 0
        self._last_good: float | None = None
        self._ramp_from = self._values
        self._ramp_start: float | None = None
        self._next_send = float("-inf")
        self.enabled = True

    @property
    def values(self) -> NDArray[np.float32]:
        """The newest pose, (9,)."""
        return self._values

    @property
    def at_rest(self) -> bool:
        """No prediction is followed, and the way to rest is over."""
        return self._last_good is None and self._ramp_start is None

    @property
    def filter_settings(self) -> FilterSettings:
        """The output filter in force."""
        return self._filter.settings

    def set_filter(self, settings: FilterSettings) -> None:
        """Use other parameters from the next prediction on; another kind starts afresh."""
        self._filter.update(settings)

    def set_enabled(self, enabled: bool, now: float) -> None:
        """Follow predictions or not; off starts the way to rest."""
        self.enabled = enabled
        if not enabled:
            self.go_to_rest(now)

    def go_to_rest(self, now: float) -> None:
        """Start the ramp to rest, from wherever the hand is; harmless when it rests."""
        if self._last_good is None:
            return
        self._last_good = None
        self._filter.reset()
        self._model_id = ""
        self._ramp_from = self._values
        self._ramp_start = self._next_send = now

    def accept(self, message: Message, *, now: float, data_age_s: float) -> Pose:
        """Return the pose of a prediction, to be pushed at once.

        Args:
            message: Five flexions in its data, 0 rest to 1 full; values beyond are clipped.
            now: Monotonic clock, seconds.
            data_age_s: Age of the prediction's last sample, seconds.

        Raises:
            RefusedPredictionError: It must not reach the hand. The state is as before, so a run
                of these ends at rest like silence does.
        """
        check_flexions(message, self._targets)
        if data_age_s > self._fresh_s:
            raise too_old(data_age_s, self._timing.silence_s)
        self._follow(message)
        flexion = np.clip(message.data.astype(np.float64), 0.0, 1.0)
        pose = np.zeros(N_POSE)
        pose[list(FLEXION_CHANNELS)] = -flexion
        smooth = self._filter(pose, message.t_last)
        # The clip is for rounding only: a filter's output lies between its inputs. Adding zero
        # turns the -0.0 of a resting finger into 0.0.
        self._values = (np.clip(smooth, -1.0, 0.0) + 0.0).astype(np.float32)
        # From the data's time on, not from its arrival: what is sent again gets no younger.
        self._last_good = now - max(0.0, data_age_s)
        self._ramp_start = None
        self._next_send = now + _RESEND_GRACE * self._timing.resend_s
        return Pose(self._values, "prediction", self._model_id, self._good_for_s(now))

    def tick(self, now: float) -> Pose | None:
        """Return the pose that is due without a prediction, None if none is."""
        if self._last_good is not None and now >= self._last_good + self._fresh_s:
            self.go_to_rest(now)
        if now < self._due():
            return None
        self._next_send = now + self._timing.resend_s
        if self._last_good is not None:
            return Pose(self._values, "resend", self._model_id, self._good_for_s(now))
        self._values = self._towards_rest(now)
        return Pose(self._values, "rest", "")

    def wait_s(self, now: float) -> float:
        """Return for how long `tick` has nothing to do, seconds >= 0."""
        due = self._due()
        if self._last_good is not None:
            due = min(due, self._last_good + self._fresh_s)
        return max(0.0, due - now)

    def _good_for_s(self, now: float) -> float:
        left = float("inf") if self._last_good is None else self._last_good - now
        return left + self._timing.silence_s

    def _due(self) -> float:
        if self._ramp_start is None:
            return self._next_send
        return min(self._next_send, self._ramp_start + self._timing.ramp_s)

    def _towards_rest(self, now: float) -> NDArray[np.float32]:
        if self._ramp_start is None:
            return np.zeros(N_POSE, np.float32)
        left = 1.0 - (now - self._ramp_start) / self._timing.ramp_s
        if left <= 0.0:
            self._ramp_start = None
            return np.zeros(N_POSE, np.float32)
        return (self._ramp_from * np.float32(left)).astype(np.float32)

    def _follow(self, message: Message) -> None:
        """Start the filter afresh where the data does not continue what it has seen."""
        self._model_id = message.fields["model_id"]
        stream = (message.source, message.epoch, self._model_id)
        # Only a restart further up the line makes the index of the samples go back.
        if stream != self._stream or message.sample_index < self._sample_index:
            self._filter.reset()
        self._stream = stream
        self._sample_index = message.sample_index
