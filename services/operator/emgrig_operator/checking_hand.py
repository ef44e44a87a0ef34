"""Move everything that a hand can move, one after another, and say what moved.

Source: the observable contract of the hand, sections 2.4, 3.5, 3.7, 5.6 and 5.9.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from emgrig.control import Capability, ControlKind, HandV1Client, HandV2Client
from emgrig.errors import HandProtocolError

from emgrig_operator.stock_poses import STOCK_POSES

__all__ = ["LABELS", "Checked", "check_first", "check_second", "generation_of"]

LABELS = (
    "thumb",
    "abduction",
    "index",
    "middle",
    "ring",
    "little",
    "wrist flexion",
    "wrist abduction",
    "wrist rotation",
)
"""The channels of a read-back."""

_MOVED = 0.01
"""Share of the full way below which a channel counts as still."""
# Source: the observable contract of the hand, section 5.9.
_OVERRIDDEN = "a client that sends poses, such as a running rig, goes before a sweep: stop it first"
_FIRST_SIGNS = (1, 1, 1, 1, 1, 1)
_SECOND_SIGNS = (-1, 1, -1, -1, -1, -1)
"""From generation 1 to 2: flexions turn round, the thumb's abduction does not."""


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


def check_first(client: HandV1Client, shown: Callable[[], Sequence[float]]) -> Generator[Checked]:
    """Hold each movement of a hand of generation 1, which has no sweeps; then open the hand.

    Args:
        client: The hand's commands.
        shown: Returns the nine numbers that the control hand shows now.

    Raises:
        HandError: The hand did not answer.
    """
    try:
        for name in client.get_state().available_movements:
            ack = client.set_movement(name)
            yield _held(name, shown, _FIRST_SIGNS, "" if ack.applied else ack.message or "refused")
    finally:
        client.freeze(False)


def check_second(
    client: HandV2Client, shown: Callable[[], Sequence[float]], *, duration_s: float
) -> Generator[Checked]:
    """Hold each gesture of a hand of generation 2, then sweep each number to both ends.

    Args:
        client: The hand's commands.
        shown: Returns the nine numbers that the control hand shows now.
        duration_s: Of each sweep.

    Raises:
        HandProtocolError: The hand has no sweeps.
        HandError: The hand did not answer.
    """
    capabilities = client.get_manifest().capabilities
    for one in capabilities:
        if one.kind == ControlKind.DISCRETE:
            yield from _hold_states(client, one, shown)
    for one in capabilities:
        if one.kind != ControlKind.DISCRETE:
            yield _swept(client, one.address, duration_s)


def _hold_states(
    client: HandV2Client, gesture: Capability, shown: Callable[[], Sequence[float]]
) -> Generator[Checked]:
    try:
        for state in gesture.states:
            ack = client.set_control(discrete={gesture.address: state})
            refusal = "" if ack.applied else "; ".join(ack.rejected.values()) or "refused"
            yield _held(state, shown, _SECOND_SIGNS, refusal)
    finally:
        client.set_control(discrete={gesture.address: gesture.rest_state or gesture.states[0]})


def _held(
    name: str, shown: Callable[[], Sequence[float]], signs: Sequence[int], refusal: str
) -> Checked:
    """Compare what is shown with the stock movement; another's pose is only told."""
    if refusal:
        return Checked(name, False, {}, refusal)
    pose = shown()
    moved = {label: x for label, x in zip(LABELS, pose, strict=True) if abs(x) > _MOVED}
    stock = [sign * x for sign, x in zip(signs, STOCK_POSES.get(name, ()), strict=False)]
    if all(abs(x - y) <= _MOVED for x, y in zip(pose, stock, strict=False)):
        return Checked(name, True, moved)
    words = f"expected {stock} as the stock movement; was movements.toml edited?"
    return Checked(name, False, moved, words)


def _swept(client: HandV2Client, address: str, duration_s: float) -> Checked:
    report = client.sweep(address, duration_s=duration_s, both_directions=True)
    moved = {
        f"{seen.element} {end}": degrees
        for seen in report.observed
        for end, degrees in (("hi", seen.degrees_at_hi), ("lo", seen.degrees_at_lo))
    }
    is_fine = report.completed and report.matched_expectation
    words = [report.message, "" if is_fine or not report.completed else _OVERRIDDEN]
    return Checked(address, is_fine, moved, "; ".join(filter(None, words)))
