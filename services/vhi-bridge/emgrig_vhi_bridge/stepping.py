"""The steps of a protocol, and which of them is due when: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from emgrig.control import MAX_STEPS
from emgrig.errors import RequestError

__all__ = ["Schedule", "Step", "schedule_of"]

LONGEST_HOLD_S = 86_400.0
MOST_NAME = 200


class Step(NamedTuple):
    """A gesture that is shown for a while.

    Attributes:
        gesture: Its name.
        hold_s: How long, seconds.
        sweep: The hand goes in and out of it meanwhile, instead of holding it.
    """

    gesture: str
    hold_s: float
    sweep: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each step ends, from the beginning of the first: late answers do not add up.

    Attributes:
        steps: In order.
        ends_s: By step, seconds.
    """

    steps: tuple[Step, ...]
    ends_s: tuple[float, ...]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Schedule":
        """Build one; there is a step."""
        return cls(tuple(steps), tuple(accumulate(step.hold_s for step in steps)))

    def wait_s(self, index: int, elapsed_s: float) -> float:
        """Return the seconds from now to the end of a step; 0 where it should have ended."""
        return max(0.0, self.ends_s[index] - elapsed_s)

    def remaining_s(self, elapsed_s: float) -> float:
        """Return the seconds from now to the end of the last step."""
        return self.wait_s(-1, elapsed_s)


def schedule_of(request: Any) -> Schedule:
    """Return the schedule of a ``StartProtocolRequest``.

    Raises:
        RequestError: It has no steps, or too many, one is held for no sensible time, or its name is
            longer than what people read.
    """
    steps = request.steps
    if len(request.name) > MOST_NAME:
        raise RequestError(
            f"expected a name of at most {MOST_NAME} characters, got {len(request.name)}; cut it"
        )
    if not 0 < len(steps) <= MAX_STEPS:
        raise RequestError(f"expected 1 to {MAX_STEPS} steps, got {len(steps)}; see the protocol")
    for k, step in enumerate(steps, start=1):
        if not 0 < step.hold_s <= LONGEST_HOLD_S:
            raise RequestError(
                f"expected a step to be held for more than 0 s and at most {LONGEST_HOLD_S:.0f} s, "
                f"got {step.hold_s} s in step {k}, {step.gesture}; change it"
            )
    return Schedule.of([Step(step.gesture, step.hold_s, step.sweep) for step in steps])
