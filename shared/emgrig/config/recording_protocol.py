"""A recording as it is planned in a TOML file: which gestures, how long, in which order."""

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emgrig.errors import Problem, SettingsError

__all__ = ["Hold", "RecordingProtocol", "Sweep", "load_protocol", "parse_protocol"]

_MAX_BYTES = 64 * 1024

type HoldSeconds = Annotated[float, Field(ge=0.2, le=300)]


class Sweep(BaseModel):
    """How the hand goes in and out of a gesture; its own timing, whatever the gesture is held for.

    One period is ``close_s`` in, ``hold_s``, ``close_s`` out, ``rest_s``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    close_s: float = Field(
        default=2.0, ge=0.1, le=60, description="length of a closing, and of an opening, s"
    )
    hold_s: float = Field(default=1.0, ge=0, le=60, description="at full excursion, s")
    rest_s: float = Field(default=1.0, ge=0, le=60, description="at rest, s")


class Hold(NamedTuple):
    """A gesture that is shown for a while.

    Attributes:
        name: Gesture.
        seconds: How long.
        sweep: The hand goes in and out of it meanwhile, instead of holding it.
    """

    name: str
    seconds: float
    sweep: Sweep | None = None


class RecordingProtocol(BaseModel):
    """The keys of the file.

    Every repetition shows every cue once, with rest before each and after the last one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    take: str = Field(
        default="", max_length=80, description="free text; part of the session's name"
    )
    cues: list[str] = Field(min_length=1, max_length=64, description="gestures")
    hold_s: HoldSeconds = Field(default=5.0, description="how long each is held, s")
    hold_s_of: dict[str, HoldSeconds] = Field(
        default_factory=dict, description="other times for single gestures, s"
    )
    repetitions: int = Field(default=5, ge=1, le=1000, description="how often every cue is shown")
    rest: str = Field(default="Rest", min_length=1, description="gesture between two cues")
    rest_s: float = Field(
        default=3.0, ge=0, le=300, description="how long it is shown, s; 0 leaves it out"
    )
    sweep: Sweep | None = Field(
        default=None,
        description="the hand goes in and out of each cue instead of holding it; never of rest",
    )
    random_order: bool = Field(default=True, description="whether each repetition is shuffled")
    seed: int = Field(
        default=0, ge=0, description="of the shuffling: the same seed, the same order"
    )

    @property
    def gestures(self) -> list[str]:
        """Everything that is shown, once each."""
        return list(dict.fromkeys([*([self.rest] if self.rest_s else []), *self.cues]))

    def holds(self) -> Iterator[Hold]:
        """Yield what is shown, in order; the same at every call."""
        # The order of gestures is no secret.
        shuffler = random.Random(self.seed)
        pause = [Hold(self.rest, self.rest_s)] if self.rest_s else []
        for _ in range(self.repetitions):
            order = list(self.cues)
            if self.random_order:
                shuffler.shuffle(order)
            for name in order:
                yield from pause
                yield Hold(name, self.hold_s_of.get(name, self.hold_s), self.sweep)
        yield from pause


def load_protocol(path: Path) -> RecordingProtocol:
    """Read a protocol.

    Raises:
        SettingsError: It cannot be read, or not all is as it must be; names everything at once.
    """
    try:
        with path.open("rb") as file:
            return parse_protocol(file.read(_MAX_BYTES + 1), str(path))
    except OSError as error:
        words = f"expected a readable file, got: {error.strerror}"
        raise _error(str(path), words) from error


def parse_protocol(text: bytes, where: str) -> RecordingProtocol:
    """Return the protocol that a file holds.

    Args:
        text: TOML, UTF-8.
        where: The file's name, for errors.

    Raises:
        SettingsError: Not all is as it must be; names everything at once.
    """
    if len(text) > _MAX_BYTES:
        raise _error(where, f"expected at most {_MAX_BYTES} bytes, got more")
    try:
        found = RecordingProtocol.model_validate(tomllib.loads(text.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _error(where, f"expected TOML, got: {error}") from error
    except ValidationError as error:
        problems = [_problem(where, dict(detail)) for detail in error.errors()]
        raise SettingsError(*problems) from error
    if found.sweep is not None and not found.rest_s:
        raise _error(where, "expected rest_s above 0 with sweep: rest is what ends one; got 0")
    stray = sorted(set(found.hold_s_of) - set(found.cues))
    if stray:
        raise _error(where, f"expected gestures of cues in hold_s_of, got {', '.join(stray)}")
    return found


def _problem(where: str, detail: dict[str, object]) -> Problem:
    location = detail["loc"]
    key = ".".join(str(part) for part in location) if isinstance(location, tuple) else ""
    if detail["type"] == "extra_forbidden":
        known = ", ".join(RecordingProtocol.model_fields)
        words, remedy = "expected a known key, got an unknown one", f"use one of {known}"
    else:
        words, remedy = f"{detail['msg']}, got {detail['input']!r:.80}", "change the value"
    return Problem(f"{where}, {key}", words, remedy)


def _error(where: str, words: str) -> SettingsError:
    return SettingsError(Problem(where, words, "mend the file; see docs/recording.md"))
