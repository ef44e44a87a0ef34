"""What the header of each topic must hold, as types; msgspec checks a header against them.

Source: ``docs/wire.md``, the normative description.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from emgrig.errors import FrameDecodeError
from emgrig.messages.message import MAX_WORD, Count, Hop, Kind, Name

__all__ = [
    "ENVELOPE",
    "MAX_RATE_HZ",
    "MAX_TIME_S",
    "N_POSE",
    "STANDARD_POSE",
    "Chunk",
    "Dtype",
    "Header",
    "Prediction",
    "check_header",
]

MAX_TRACE_HOPS = 16
MAX_CHANNELS = 4096
N_POSE = 9
"""Numbers of a pose. Source: the observable contract of the hand, section 3.2."""
MAX_PID = 2**31 - 1
"""Source: POSIX, a process id is positive and an int."""
STANDARD_POSE = "standard"
"""The key ``pose_convention`` of poses in which +1 is full flexion; it is absent where -1 is."""
# 300 years, and still an unsigned 64-bit number of nanoseconds.
MAX_TIME_S = 1e10
MAX_RATE_HZ = 1e9

Time = Annotated[float, Meta(gt=-MAX_TIME_S, lt=MAX_TIME_S)]
Word = Annotated[str, Meta(max_length=MAX_WORD)]
Channels = Annotated[int, Meta(ge=0, le=MAX_CHANNELS)]
Dtype = Literal["<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"]
Real = Literal["<f4"]


class Header(msgspec.Struct, frozen=True, gc=False):
    """The keys of every message."""

    source: Name
    epoch: Name
    seq: Count
    t_first: Time
    t_last: Time
    sample_index: Count
    fs: Annotated[float, Meta(ge=0, lt=MAX_RATE_HZ)]
    shape: Annotated[tuple[Count, ...], Meta(max_length=3)]
    dtype: Dtype
    trace: Annotated[tuple[Hop, ...], Meta(max_length=MAX_TRACE_HOPS)]
    crc: Count


ENVELOPE = frozenset({"v", *Header.__struct_fields__})
"""Their names, with that of the version, which is looked at before all else."""


class Chunk(Header, frozen=True, gc=False):
    """What a chunk says besides."""

    shape: tuple[Count, Channels]
    timestamps: bytes
    channel_names: list[str]


class _Window(Header, frozen=True, gc=False):
    shape: tuple[Count, Channels]
    dtype: Real
    conditioning: dict[str, Any]


class _Features(Header, frozen=True, gc=False):
    shape: tuple[Count]
    dtype: Real
    spec_id: Word
    spec: dict[str, Any]


class Prediction(Header, frozen=True, gc=False):
    """What a prediction says besides."""

    shape: tuple[Count]
    dtype: Real
    model_id: Word
    targets: list[str]


class _Gesture(Prediction, frozen=True, gc=False):
    class_name: Word = msgspec.field(name="class")
    class_index: int


class _Pose(Header, frozen=True, gc=False):
    shape: tuple[Annotated[int, Meta(ge=N_POSE, le=N_POSE)]]
    dtype: Real
    reason: Word
    model_id: Word


class _Label(Header, frozen=True, gc=False):
    name: Word
    class_index: int
    t: Time


class _Health(Header, frozen=True, gc=False):
    sent: dict[Annotated[str, Meta(max_length=128)], Count] = msgspec.field(default_factory=dict)
    pid: Annotated[int, Meta(ge=0, le=MAX_PID)] = 0


_OF_TOPIC: dict[str, type[Header]] = {
    "prediction/gesture": _Gesture,
    "event/cue": _Label,
    "event/label": _Label,
}
_OF_KIND: dict[str, type[Header]] = {
    Kind.CHUNK: Chunk,
    Kind.WINDOW: _Window,
    Kind.FEATURES: _Features,
    Kind.PREDICTION: Prediction,
    Kind.POSE: _Pose,
    Kind.HEALTH: _Health,
}

# How msgspec names the place of what is wrong: `$.seq`, or `seq` where it is missing.
_PLACE = re.compile(r"`(?:\$\.)?(\w+)[^`]*`$")


def check_header(topic: str, header: Mapping[str, Any]) -> Header:
    """Return the header of a topic, checked.

    Raises:
        FrameDecodeError: A key is missing, of another type, or outside its limits.
    """
    wanted = _OF_TOPIC.get(topic) or _OF_KIND.get(topic.partition("/")[0], Header)
    try:
        return msgspec.convert(header, wanted)
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        key = place[1] if place else ""
        raise FrameDecodeError(
            f"{str(error).replace('Expected', 'expected')} in header key {key!r} of {topic}, "
            f"got {header.get(key)!r:.80}; see docs/wire.md"
        ) from error
