"""Which source is read: as rig.toml says, or as an operator chose, also after a restart."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from emgrig.errors import ConfigError, RequestError

__all__ = ["Criteria", "forget_choice", "load_choice", "save_choice"]

_MAX_BYTES = 4096
_MAX_LENGTH = 128


class Criteria(NamedTuple):
    """What a stream must be; an empty one means "any".

    Attributes:
        name: LSL name.
        type: LSL content type.
        source_id: LSL source id of the device.
        hostname: Computer that sends.
    """

    name: str = ""
    type: str = ""
    source_id: str = ""
    hostname: str = ""

    def check(self) -> "Criteria":
        """Return these criteria, if a stream can be looked for by them.

        Raises:
            RequestError: None is given, or one is too long or has a quote in it, which would end
                the value inside LSL's query language: that knows no escapes.
        """
        if not any(self):
            raise RequestError("expected at least one of name, type, source_id, host, got none")
        for key, value in self._asdict().items():
            if len(value) > _MAX_LENGTH or {"'", '"'} & set(value) or not value.isprintable():
                raise RequestError(
                    f"expected at most {_MAX_LENGTH} characters without quotes as {key}, got "
                    f"{value!r:.200}; name the stream by another of its properties"
                )
        return self


def load_choice(path: Path) -> Criteria | None:
    """Return what an operator chose; None where nobody has.

    Raises:
        ConfigError: The file is not one that `save_choice` made.
    """
    try:
        with path.open("rb") as file:
            found: Any = json.loads(file.read(_MAX_BYTES))
        return Criteria(**{key: str(value) for key, value in found.items()}).check()
    except FileNotFoundError:
        return None
    # The types: JSON that is no object, or one of other keys; the recursion: one nested too deep.
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        RequestError,
    ) as error:
        raise ConfigError(
            f"expected the chosen source in {path}, got: {error}; rig.toml is followed; choose "
            "again, or remove the file"
        ) from error


def save_choice(path: Path, criteria: Criteria) -> None:
    """Keep a choice for the next start; whoever reads meanwhile sees the old or the new one.

    Raises:
        RequestError: It cannot be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(criteria._asdict()), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error


def forget_choice(path: Path) -> None:
    """Follow rig.toml from now on.

    Raises:
        RequestError: The file cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> RequestError:
    return RequestError(
        f"expected to write the chosen source to {path}, got: {error.strerror}; make its folder "
        "writable"
    )
