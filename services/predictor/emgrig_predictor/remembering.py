"""The note on disk by which a predictor that was killed comes back predicting."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from emgrig.errors import ConfigError

__all__ = ["Note", "read_note", "write_note"]

_LIMIT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered.

    Attributes:
        model_id: The loaded model, empty for none.
        previous_model_id: The one before it, empty for none.
        is_predicting: Whether it predicted.
    """

    model_id: str = ""
    previous_model_id: str = ""
    is_predicting: bool = True


def write_note(path: Path, note: Note) -> None:
    """Replace the note: the old one or the new one is there at every instant.

    Raises:
        ConfigError: A full or read-only disk.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise ConfigError(
            f"expected to write {path}, got {error}; the model is in use, but a restart would not "
            "find it: make room, or make the folder writable"
        ) from error


def read_note(path: Path) -> Note | None:
    """Return the note; None when there is none.

    Raises:
        ConfigError: It is not what `write_note` writes.
    """
    try:
        with path.open("rb") as file:
            note = Note(**json.loads(file.read(_LIMIT_BYTES)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ConfigError(f"expected a note of this predictor in {path}, got {error}") from error
    if not _is_well_typed(note):
        raise ConfigError(f"expected a note of this predictor in {path}, got {note}")
    return note


def _is_well_typed(note: Note) -> bool:
    ids = (note.model_id, note.previous_model_id)
    return all(isinstance(value, str) for value in ids) and isinstance(note.is_predicting, bool)
