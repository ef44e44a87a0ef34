"""The token that lets a person in from another machine."""

import os
import stat
from pathlib import Path

from emgrig.config import Rig
from emgrig.errors import Problem, SettingsError

from emgrig_console.config import ConsoleSettings
from emgrig_console.gatekeeping import is_loopback

__all__ = ["SHORTEST", "load_token"]

SHORTEST = 16
"""Characters: many addresses at five guesses a minute each do not find it either."""

MOST_BYTES = 1024

MAKE = "make one: (umask 077; head -c 24 /dev/urandom | base64 > console.token)"


def load_token(rig: Rig, settings: ConsoleSettings) -> str:
    """Return the token that the page asks for; empty where it asks for none.

    Raises:
        SettingsError: An address other than loopback without a token, or a file that others can
            read, that is not ours, or that holds no token.
    """
    if settings.token_file is None:
        if is_loopback(settings.host):
            return ""
        raise _refusal(
            rig,
            f"expected a token for the address {settings.host}, got none: whoever reaches the page "
            "moves the hand",
            f'{MAKE} and set token_file = "console.token", or set host = "127.0.0.1"',
        )
    path = rig.path.parent / settings.token_file
    try:
        token = _read_private(path)
    except OSError as error:
        raise _refusal(rig, f"expected a token in {path}, got {error.strerror}", MAKE) from error
    except ValueError as error:
        raise _refusal(rig, f"{path}: {error}", f"chmod 600 {path}, or {MAKE}") from error
    return token


def _read_private(path: Path) -> str:
    """Read a file that is ours alone; what is checked is what is read, not what a name means."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        seen = os.fstat(file)
        if not stat.S_ISREG(seen.st_mode):
            raise ValueError("expected a file, got something else")
        if seen.st_mode & 0o077 or seen.st_uid != os.geteuid():
            mode = stat.S_IMODE(seen.st_mode)
            raise ValueError(f"expected a file of ours with mode 600, got {mode:o}")
        text = os.read(file, MOST_BYTES + 1)
    finally:
        os.close(file)
    if len(text) > MOST_BYTES or len(token := text.decode("utf-8").strip()) < SHORTEST:
        raise ValueError(f"expected {SHORTEST} to {MOST_BYTES} characters, got {len(text)}")
    return token


def _refusal(rig: Rig, what: str, hint: str) -> SettingsError:
    return SettingsError(Problem(f"{rig.path}, [console] token_file", what, hint))
