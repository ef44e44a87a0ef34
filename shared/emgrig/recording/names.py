"""Names of sessions and what they say.

Source: contracts/session-format.md, section 1.
"""

import re
import secrets
from datetime import datetime
from pathlib import Path

from emgrig.messages import wire_text

__all__ = [
    "SESSION_SUFFIX",
    "given_name",
    "session_name",
    "session_of",
    "session_path",
    "slug",
    "stamp_of",
]

SESSION_SUFFIX = ".session.zip"
MAX_SLUG = 40
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_[0-9a-f]{8}")


def session_name(now: datetime) -> str:
    """Return a new session's name, ``<date>_<time>_<8 hex>``, from local time."""
    return f"{now:%Y-%m-%d_%H-%M-%S}_{secrets.token_hex(4)}"


def slug(name: str) -> str:
    """Return what of a person's name for a session goes into its file name."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    runs = re.sub(r"-{2,}", "-", plain)
    return runs[:MAX_SLUG].strip("-_")


def session_path(folder: Path, stem: str, name: str = "") -> Path:
    """Return the archive of a session that is called something, or nothing."""
    return folder / f"{'_'.join(filter(None, (stem, slug(name))))}{SESSION_SUFFIX}"


def session_of(path: Path) -> str:
    """Return the name of the session in a file, as people are shown it and say it."""
    return wire_text(path.name.removesuffix(SESSION_SUFFIX))


def stamp_of(path: Path) -> str:
    """Return the ``<date>_<time>_<8 hex>`` that a file name begins with, or empty."""
    stamp = _STAMP.match(path.name)
    return stamp[0] if stamp else ""


def given_name(path: Path, stated: str) -> str:
    """Return what a person called a session.

    Renaming changes the file name only, so that it wins over what meta.json states.
    """
    in_file = path.name.removesuffix(SESSION_SUFFIX).removeprefix(stamp_of(path)).lstrip("_")
    return stated if slug(stated) == in_file else in_file
