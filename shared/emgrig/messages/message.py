"""The one message type of the wire and the closed set of its kinds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

__all__ = [
    "MAX_WORD",
    "WIRE_VERSION",
    "Count",
    "Hop",
    "Kind",
    "Message",
    "Name",
    "pack_timestamps",
    "wire_text",
]

WIRE_VERSION = 1

MAX_WORD = 64
"""Characters of a name: of a process, a model, a class."""
Name = Annotated[str, Meta(min_length=1, max_length=MAX_WORD)]
# The largest integer that a float64 holds, and with it JSON and a protobuf Struct.
Count = Annotated[int, Meta(ge=0, le=1 << 53)]


class Kind(StrEnum):
    """What a message is; the first part of its topic."""

    CHUNK = "chunk"
    WINDOW = "window"
    FEATURES = "features"
    PREDICTION = "prediction"
    POSE = "pose"
    EVENT = "event"
    HEALTH = "health"
    LOG = "log"


class Hop(NamedTuple):
    """One process that a message came through.

    Attributes:
        process: Process name.
        t_in_ns: Host monotonic clock when its input was there.
        t_out_ns: The same clock when its output left.
    """

    process: Name
    t_in_ns: Count
    t_out_ns: Count


_NO_DATA: NDArray[np.float32] = np.empty(0, np.float32)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message on the data plane; ``docs/wire.md`` is its normative description.

    Attributes:
        topic: ``kind/stream``.
        source: Name of the process that sent it.
        epoch: Random id of that process's incarnation.
        seq: 0, 1, 2 ... per (epoch, topic).
        t_first: LSL clock of the first sample that it derives from, seconds.
        t_last: LSL clock of the last one, seconds.
        sample_index: Index of that first sample since the epoch began.
        fs: Nominal sample rate, Hz; 0 for irregular.
        data: Payload; chunks and windows are (n_samples, n_channels), vectors (n,).
        fields: The kind's own header keys.
        trace: Hops so far, oldest first.
        received_ns: Host monotonic clock at arrival here, 0 before that; not on the wire.
    """

    topic: str
    source: str
    epoch: str
    seq: int
    t_first: float = 0.0
    t_last: float = 0.0
    sample_index: int = 0
    fs: float = 0.0
    data: NDArray[Any] = _NO_DATA
    fields: Mapping[str, Any] = {}
    trace: tuple[Hop, ...] = ()
    received_ns: int = 0

    @property
    def kind(self) -> str:
        """First part of the topic, such as ``chunk``."""
        return self.topic.partition("/")[0]

    @property
    def stream(self) -> str:
        """Second part of the topic, such as ``emg``."""
        return self.topic.partition("/")[2]

    @property
    def timestamps(self) -> NDArray[np.float64]:
        """Sample times of a chunk, (n_samples,), LSL clock seconds."""
        return np.frombuffer(self.fields["timestamps"], dtype="<f8")


def pack_timestamps(timestamps: NDArray[np.float64]) -> bytes:
    """Return the header form of a chunk's sample times: float64, little-endian."""
    return np.ascontiguousarray(timestamps, dtype="<f8").tobytes()


def wire_text(text: str) -> str:
    """Return text as a message takes it: in a file's name, or in JSON, not all need be UTF-8."""
    return text.encode("utf-8", "replace").decode()
