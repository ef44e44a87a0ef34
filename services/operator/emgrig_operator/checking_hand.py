"""Move everything that a hand can move, one after another, and say what moved.

Source: the observable contract of the hand, sections 2.4, 3.5 and 5.9.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from emgrig.control import ControlKind, HandV1Client, HandV2Client
from emgrig.errors import HandProtocolError

__all__ = ["Checked", "check_first", "check_second", "generation_of"]

_MOVED = 0.01
"""Share of the full way below which a channel counts as still."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one movement or one address did.

    Attributes:
        name: Movement, or address.
        is_fine: The hand did what it was told.
        moved: What moved, and where to: shares of the full way, or degrees.
        words: What the hand said.
    """

    name: str
    is_fine: bool
    moved: dict[str, float] = field(default_factory=dict)
    words: str = ""


def generation_of(first: HandV1Client, second: HandV2Client) -> str:
    """Return ``v1`` or ``v2``.

    Raises:
        HandProtocolError: It is neither.
        HandError: It did not answer.
    """
    try:
        second.get_manifest()
    except HandProtocolError:
        first.get_state()
        return "v1"
    return "v2"


def check_first(
    client: HandV1Client, shown: Callable[[], Sequence[float]], labels: Sequence[str]
) -> Iterator[Checked]:
    """Hold each movement of a hand of generation 1, which has no sweeps; then open the hand.

    Args:
        client: The hand's commands.
        shown: Returns what the control hand shows now.
        labels: Names of those numbers.

    Raises:
        HandError: The hand did not answer.
    """
    for name in client.get_state().available_movements:
        ack = client.set_movement(name)
        pose = dict(zip(labels, shown(), strict=True)) if ack.applied else {}
        moved = {label: value for label, value in pose.items() if abs(value) > _MOVED}
        yield Checked(name, ack.applied, moved, ack.message)
    client.freeze(False)


def check_second(client: HandV2Client, *, duration_s: float) -> Iterator[Checked]:
    """Sweep each number of a hand of generation 2 to both ends.

    Args:
        client: The hand's commands.
        duration_s: Of each sweep.

    Raises:
        HandProtocolError: The hand has no sweeps.
        HandError: The hand did not answer.
    """
    for one in client.get_manifest().capabilities:
        if one.kind != ControlKind.CONTINUOUS:
            continue
        report = client.sweep(one.address, duration_s=duration_s, both_directions=True)
        moved = {
            f"{seen.element} {end}": degrees
            for seen in report.observed
            for end, degrees in (("hi", seen.degrees_at_hi), ("lo", seen.degrees_at_lo))
        }
        is_fine = report.completed and report.matched_expectation
        yield Checked(one.address, is_fine, moved, report.message)
