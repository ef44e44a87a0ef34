"""The LSL edge: find the stream, open it, pull what is there."""

import threading
import time
from contextlib import suppress
from typing import Any, NamedTuple, Self

import numpy as np
import pylsl
from emgrig.errors import StreamLostError
from numpy.typing import NDArray
from pylsl.util import LostError
from pylsl.util import TimeoutError as LslTimeoutError

__all__ = ["Chunk", "LslSource", "SourceFinder", "SourceInfo"]

# liblsl has no event for "a stream appeared"; asking its background resolver costs microseconds.
_ASK_S = 0.1
# How long the resolver names a stream that stopped answering.
_FORGET_S = 2.0
_OPEN_S = 5.0
# The first correction takes liblsl about 0.65 s: eight probes, 64 ms apart, and their answers.
_FIRST_CORRECTION_S = 3.0
_BUFFER_S = 60
# What is handed on at once: a sender that is faster than we are must not keep it back, a message
# holds 64 MB, and pylsl makes room for all of it at each pull. What is more waits in the inlet.
_MAX_SAMPLES = 1024
_MAX_BYTES = 16 << 20
# liblsl wakes us with the first sample while its own thread still unpacks the others, microseconds
# later; a chunk of one sample has no others.
_TRIES = 2


class SourceInfo(NamedTuple):
    """What a stream declares.

    Attributes:
        name: LSL name.
        type: LSL content type.
        source_id: Id of the device.
        host: Computer that sends.
        uid: Id of this incarnation of the stream.
        n_channels: Channels.
        rate_hz: Nominal rate, 0 for irregular.
        channel_names: Labels, empty where the stream has none.
    """

    name: str
    type: str
    source_id: str
    host: str
    uid: str
    n_channels: int
    rate_hz: float
    channel_names: tuple[str, ...]

    @property
    def words(self) -> str:
        """How people call it."""
        return f"{self.name!r} from {self.host} ({self.n_channels} channels, {self.rate_hz:g} Hz)"


class Chunk(NamedTuple):
    """What one pull brought.

    Attributes:
        samples: (n_samples, n_channels), the stream's own dtype; n_samples >= 1.
        stamps: (n_samples,), sender's clock, seconds.
        received_ns: Host monotonic clock when the first of them was here.
    """

    samples: NDArray[Any]
    stamps: NDArray[np.float64]
    received_ns: int


class SourceFinder:
    """Looks for a stream in the background, as long as it lives.

    Args:
        criteria: LSL property (name, type, source_id, hostname) -> value; empty ones are left out.
    """

    def __init__(self, criteria: dict[str, str]) -> None:
        wanted = {key: value for key, value in criteria.items() if value}
        self.words = ", ".join(f"{key} {value!r}" for key, value in wanted.items())
        predicate = " and ".join(f"{key}='{value}'" for key, value in wanted.items())
        # Not `resolve_bypred`: when nothing answers it may block seconds beyond its time-out
        # (liblsl 1.18).
        self._resolver = pylsl.ContinuousResolver(pred=predicate, forget_after=_FORGET_S)

    def youngest(self) -> pylsl.StreamInfo | None:
        """Return the youngest stream that answers, None where none does.

        The youngest, because a pulled cable ends no connection: the old incarnation may still
        seem to be there when its successor comes.
        """
        return max(self._resolver.results(), key=lambda info: info.created_at(), default=None)

    def wait(self, timeout_s: float, stopping: threading.Event) -> pylsl.StreamInfo | None:
        """Return the stream as soon as it answers; None at the time-out or when stopping."""
        deadline = time.monotonic() + timeout_s
        while not stopping.wait(_ASK_S):
            found = self.youngest()
            if found is not None or time.monotonic() > deadline:
                return found
        return None


class LslSource:
    """An open stream; `pull` and `correction` may be called from two threads.

    Attributes:
        info: What it declares.
        first_correction_s: What to add to its stamps for our clock, seconds; None if it did not
            say so in time.
    """

    def __init__(
        self, inlet: pylsl.StreamInlet, info: SourceInfo, first_correction_s: float | None
    ) -> None:
        self.info = info
        self.first_correction_s = first_correction_s
        self._inlet = inlet
        row_bytes = info.n_channels * np.dtype(inlet.np_dtype).itemsize
        self._max_samples = max(1, min(_MAX_SAMPLES, _MAX_BYTES // row_bytes))

    @classmethod
    def open(cls, found: pylsl.StreamInfo) -> Self:
        """Open a stream; from then on no sample of it is missed.

        Raises:
            StreamLostError: It does not answer any more, or carries text.
        """
        if found.channel_format() == pylsl.cf_string:
            raise StreamLostError(
                f"expected an LSL stream of numbers, got text from {found.name()!r} on "
                f"{found.hostname()}; correct the criteria in [emg-acquirer]"
            )
        # Without recovery a lost stream is an error at once, and can be shown and counted.
        inlet = pylsl.StreamInlet(found, max_buflen=_BUFFER_S, recover=False, as_numpy=True)
        try:
            inlet.open_stream(_OPEN_S)
            info = _info_of(inlet.info(_OPEN_S))
        except (LostError, LslTimeoutError) as error:
            raise StreamLostError(
                f"expected LSL stream {found.name()!r} on {found.hostname()} to open, got "
                f"{error}; check its program and the network"
            ) from error
        source = cls(inlet, info, None)
        source.first_correction_s = source.correction(_FIRST_CORRECTION_S)
        return source

    def pull(self, timeout_s: float) -> Chunk | None:
        """Wait for the next samples and return all that are there; None at the time-out.

        A reader is often woken by the first sample of a chunk, so a second pull takes the rest.

        Raises:
            StreamLostError: The source closed the stream or died.
        """
        try:
            parts = [self._inlet.pull_chunk(timeout_s, 1)]
            received_ns = time.monotonic_ns()
            if len(parts[0][1]):
                # A connection that ends here is told by the next pull: these samples are here.
                with suppress(LostError):
                    parts.append(self._pull_rest())
        except LostError as error:
            raise StreamLostError(
                f"expected samples of LSL stream {self.info.words}, got the end of the connection; "
                "restart the source or check the network"
            ) from error
        if not len(parts[0][1]):
            return None
        samples, stamps = zip(*parts, strict=True)
        return Chunk(np.concatenate(samples), np.concatenate(stamps), received_ns)

    def _pull_rest(self) -> tuple[NDArray[Any], NDArray[np.float64]]:
        for _ in range(_TRIES):
            rest: tuple[NDArray[Any], NDArray[np.float64]] = self._inlet.pull_chunk(
                0.0, self._max_samples
            )
            if len(rest[1]):
                break
        return rest

    def correction(self, timeout_s: float) -> float | None:
        """Return liblsl's newest estimate of our clock minus the sender's, seconds.

        It keeps estimating in the background, so only the first call takes long. None if there is
        none in time, or no stream any more; `pull` says which.
        """
        try:
            return float(self._inlet.time_correction(timeout_s))
        except (LostError, LslTimeoutError):
            return None


def _info_of(full: pylsl.StreamInfo) -> SourceInfo:
    labels = full.get_channel_labels() or []
    names = tuple(label or "" for label in labels)
    return SourceInfo(
        name=full.name(),
        type=full.type(),
        source_id=full.source_id(),
        host=full.hostname(),
        uid=full.uid(),
        n_channels=full.channel_count(),
        rate_hz=full.nominal_srate(),
        channel_names=names if any(names) and len(names) == full.channel_count() else (),
    )
