"""Which hands of generation 2 may be driven, and how the rig's fingers map onto their addresses.

Source: the observable contract of the hand, sections 5.3 and 5.4.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from emgrig.control import Capability, ControlKind, ControlManifest
from emgrig.errors import HandProtocolError

__all__ = [
    "FINGERS",
    "GESTURE_ALIAS",
    "Drive",
    "MapError",
    "MappedAddress",
    "ResolvedMap",
    "check_versions",
    "resolve_map",
]

FINGERS = ("thumb", "index", "middle", "ring", "little")
"""What a model predicts, in this order: flexions, 0 rest to 1 full."""
GESTURE_ALIAS = "gesture"

_CONTROL_POSE = "vhi.control.pose."
_LOWEST_VOCABULARY = 2
_LOWEST_BUILD = (2, 1, 0)
_MOST_DIGITS = 18
"""Of a part of a version: Python converts no endless ones."""


class MapError(HandProtocolError):
    """Raised when ``[vhi-bridge.map]`` does not fit the hand; nothing is driven then.

    Attributes:
        problems: Every one of them.
    """

    def __init__(self, target_name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"expected a [vhi-bridge.map] that fits {target_name!r}, got {len(problems)} "
            f"problems; nothing is driven: {'; '.join(problems)}"
        )


@dataclass(frozen=True, slots=True)
class MappedAddress:
    """Where a finger goes.

    Attributes:
        address: Of the hand's manifest.
        weight: The address's number at full flexion; at none it is the one declared as its rest.
    """

    address: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Drive:
    """A mapped address that was found in the manifest.

    Attributes:
        finger: Position among :data:`FINGERS`.
        address: Name of the LSL stream.
        weight: Number at full flexion.
        lo: Lowest number that is sent.
        hi: Highest number that is sent.
        rest: Number without flexion, from lo to hi.
    """

    finger: int
    address: str
    weight: float
    lo: float
    hi: float
    rest: float = 0.0

    def number_of(self, flexion: float) -> float:
        """Return what is sent for a flexion, 0 to 1."""
        number = self.rest + flexion * (self.weight - self.rest)
        return min(max(number, self.lo), self.hi)


@dataclass(frozen=True, slots=True)
class ResolvedMap:
    """A map that fits its hand.

    Attributes:
        drives: One per mapped finger.
        gesture: The address that takes movements; None if none is mapped.
    """

    drives: tuple[Drive, ...]
    gesture: Capability | None


def check_versions(manifest: ControlManifest) -> str:
    """Refuse a hand whose addresses mean something else, or whose build is too old.

    Returns:
        A warning about a build that says nothing that can be compared, or nothing.

    Raises:
        HandProtocolError: It must not be driven.
    """
    name = manifest.target_name
    if _number(manifest.vocabulary_version.partition(".")[0]) < _LOWEST_VOCABULARY:
        raise HandProtocolError(
            f"expected a vocabulary of at least {_LOWEST_VOCABULARY}, got "
            f"{manifest.vocabulary_version!r} of {name!r}; install a newer hand"
        )
    lowest = ".".join(map(str, _LOWEST_BUILD))
    text = manifest.target_version.strip().removeprefix("v")
    parts = text.split(".")
    if not all(part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts):
        return f"{name!r} has the build {manifest.target_version!r}; {lowest} or later is expected"
    if tuple(int(part) for part in parts) < _LOWEST_BUILD:
        raise HandProtocolError(
            f"expected a build of at least {lowest}, got {manifest.target_version!r} of {name!r}; "
            "install a newer hand"
        )
    return ""


def resolve_map(wanted: Mapping[str, MappedAddress], manifest: ControlManifest) -> ResolvedMap:
    """Find every mapped address in the manifest.

    Args:
        wanted: Alias -> address; aliases are :data:`FINGERS` and :data:`GESTURE_ALIAS`.
        manifest: What the hand lists.

    Raises:
        MapError: With every problem and what there is instead.
    """
    listed = {one.address: one for one in manifest.capabilities}
    problems = [*_double_uses(wanted), *_fights(wanted)]
    for alias, mapped in wanted.items():
        problems += _problems(alias, mapped, listed)
    if problems:
        raise MapError(manifest.target_name, problems)
    drives = tuple(
        _drive(index, wanted[finger], listed[wanted[finger].address])
        for index, finger in enumerate(FINGERS)
        if finger in wanted
    )
    gesture = wanted.get(GESTURE_ALIAS)
    return ResolvedMap(drives, None if gesture is None else listed[gesture.address])


def _drive(finger: int, mapped: MappedAddress, found: Capability) -> Drive:
    return Drive(finger, found.address, mapped.weight, found.lo, found.hi, found.rest)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _double_uses(wanted: Mapping[str, MappedAddress]) -> Iterator[str]:
    users: dict[str, list[str]] = {}
    for alias, mapped in wanted.items():
        users.setdefault(mapped.address, []).append(alias)
    for address, aliases in users.items():
        if len(aliases) > 1:
            yield f"{address} is used by {' and '.join(aliases)}: give each an address of its own"


def _fights(wanted: Mapping[str, MappedAddress]) -> Iterator[str]:
    """A hand that numbers pose refuses gestures: contract 5.9."""
    if GESTURE_ALIAS not in wanted:
        return
    for alias, mapped in wanted.items():
        if mapped.address.startswith(_CONTROL_POSE):
            yield (
                f"{alias}: {mapped.address} poses the hand that shows the gestures: "
                f"leave {GESTURE_ALIAS} out, or use an address of the predicted hand"
            )


def _problems(alias: str, mapped: MappedAddress, listed: Mapping[str, Capability]) -> Iterator[str]:
    is_gesture = alias == GESTURE_ALIAS
    kind = ControlKind.DISCRETE if is_gesture else ControlKind.CONTINUOUS
    choices = sorted(address for address, one in listed.items() if one.kind == kind)
    found = listed.get(mapped.address)
    if found is None or found.kind != kind:
        what = "unknown" if found is None else "of the other kind"
        near = difflib.get_close_matches(mapped.address, choices, n=3) or choices
        yield f"{alias}: {mapped.address} is {what}: use one of {', '.join(near) or 'none'}"
    elif is_gesture and not found.states:
        yield f"{alias}: {mapped.address} has no states: leave {alias} out"
    elif not is_gesture:
        yield from _range_problems(alias, mapped, found)


def _range_problems(alias: str, mapped: MappedAddress, found: Capability) -> Iterator[str]:
    full = mapped.weight
    allowed = f"{mapped.address} takes {found.lo:g} to {found.hi:g}"
    if not found.lo <= found.rest <= found.hi:
        yield f"{alias}: {allowed}, but rests at {found.rest:g}: use another address"
    elif found.lo == found.hi:
        yield f"{alias}: {allowed}, which is no range: use another address"
    elif full > 0.0 >= found.hi or full < 0.0 <= found.lo:
        yield f"{alias}: a weight of {full:g} has the wrong sign, {allowed}: use {-full:g}"
    elif not found.lo <= full <= found.hi:
        nearest = min(max(full, found.lo), found.hi)
        yield f"{alias}: a weight of {full:g} is out of range, {allowed}: use {nearest:g}"
