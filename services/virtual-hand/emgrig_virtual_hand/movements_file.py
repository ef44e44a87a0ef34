"""Read and write the text of ``movements.toml``; no file is touched here.

Source:
    The observable contract of the hand, section 4.3.
"""

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emgrig.errors import RequestError

from emgrig_virtual_hand.movements import (
    JOINT_NAMES,
    JointAngles,
    Movement,
    movement_of_joints,
)

__all__ = ["MovementsFileError", "ParsedMovements", "format_movements", "parse_movements"]

_HEADER = """\
# Poses of the control hand at full excursion.
#
# One table per movement, [movements.<name>]; one line per joint, degrees about X, Y, Z.
# Negative X is flexion. A joint that is left out rests at 0, and rest is always 0.
# Only the proximal joints show on the wire. Save this file and a running hand reloads it.
"""


class MovementsFileError(RequestError):
    """Raised when a movements file holds nothing that can be used."""


@dataclass(frozen=True, slots=True)
class ParsedMovements:
    """What a movements file said.

    Attributes:
        movements: In file order; never empty.
        warnings: One sentence for each thing that was skipped.
    """

    movements: tuple[Movement, ...]
    warnings: tuple[str, ...]


def parse_movements(text: str) -> ParsedMovements:
    """Read movements, skipping what is malformed inside them.

    Args:
        text: Content of a movements file.

    Returns:
        Movements and what was skipped: unknown joints, values that are not three numbers,
        movements that are not tables.

    Raises:
        MovementsFileError: Not TOML, no table ``movements``, or no movement in it.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # an endless number, or brackets in brackets
        raise MovementsFileError(f"expected a TOML file, got: {error}; mend that line") from error
    table = document.get("movements")
    if not isinstance(table, dict):
        raise MovementsFileError("expected a table [movements], got none; add one per movement")
    warnings: list[str] = []
    movements = tuple(_movements(table, warnings))
    if not movements:
        raise MovementsFileError("expected at least one [movements.<name>], got none; add one")
    return ParsedMovements(movements, tuple(warnings))


def format_movements(movements: Iterable[Movement]) -> str:
    """Write movements as a file that :func:`parse_movements` reads back equal.

    Args:
        movements: Written in this order, sixteen joints each.

    Returns:
        TOML text with a comment header.
    """
    blocks = [_HEADER]
    for movement in movements:
        lines = [f"[movements.{_quoted(movement.name)}]"]
        for joint in JOINT_NAMES:
            xyz = movement.joints.get(joint, (0.0, 0.0, 0.0))
            lines.append(f"{joint} = [{', '.join(repr(float(angle)) for angle in xyz)}]")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _movements(table: dict[str, Any], warnings: list[str]) -> Iterable[Movement]:
    for name, joints in table.items():
        if isinstance(joints, dict):
            yield movement_of_joints(name, dict(_joints(name, joints, warnings)))
        else:
            warnings.append(f"movement {name!r}: expected a table, got {joints!r}; skipped")


def _joints(
    name: str, joints: dict[str, Any], warnings: list[str]
) -> Iterable[tuple[str, JointAngles]]:
    for joint, value in joints.items():
        if joint not in JOINT_NAMES:
            warnings.append(f"movement {name!r}: unknown joint {joint!r}; skipped")
        elif not _is_angles(value):
            warnings.append(
                f"movement {name!r}, joint {joint!r}: expected three numbers, got {value!r}; "
                "left at rest"
            )
        else:
            x, y, z = value
            yield joint, (float(x), float(y), float(z))


def _is_angles(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
        # An integer of TOML may be beyond every float.
        and all(abs(one) <= sys.float_info.max for one in value)
    )


def _quoted(name: str) -> str:
    """Return a TOML key; bare where TOML allows it."""
    if name.isascii() and name.replace("_", "").replace("-", "").isalnum():
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
