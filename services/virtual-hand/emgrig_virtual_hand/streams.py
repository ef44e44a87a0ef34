"""The hand's LSL outlets and inlets.

Source:
    The observable contract of the hand, sections 3.1 to 3.4.
"""

from collections.abc import Mapping

import numpy as np
import pylsl

from emgrig_virtual_hand.posing import CHANNEL_NAMES, Channels

__all__ = ["PoseInlet", "open_outlet"]

N_CHANNELS = len(CHANNEL_NAMES)

_TYPE = "MyoGestic_9DVector"
_OUTLET_BUFFER_S = 360
# Only the newest sample counts, so a second is plenty.
_INLET_BUFFER_S = 1
_MAX_PULL = 512
_OPEN_S = 2.0
_NUMERIC_FORMATS = frozenset(
    (
        pylsl.cf_float32,
        pylsl.cf_double64,
        pylsl.cf_int8,
        pylsl.cf_int16,
        pylsl.cf_int32,
        pylsl.cf_int64,
    )
)


def open_outlet(
    name: str, source_id: str, *, rate_hz: float, description: Mapping[str, str]
) -> pylsl.StreamOutlet:
    """Publish a hand's pose: nine float32 channels with the real hand's description.

    Args:
        name: Stream name.
        source_id: Stable, so that inlets recover after a restart.
        rate_hz: Nominal rate.
        description: What to say beside the channels' names.
    """
    info = pylsl.StreamInfo(name, _TYPE, N_CHANNELS, rate_hz, pylsl.cf_float32, source_id)
    channels = info.desc().append_child("channels")
    for label in CHANNEL_NAMES:
        channels.append_child("channel").append_child_value("label", label)
    for key, value in description.items():
        info.desc().append_child_value(key, value)
    return pylsl.StreamOutlet(info, chunk_size=0, max_buffered=_OUTLET_BUFFER_S)


class PoseInlet:
    """The newest sample of a stream with a given name, whoever publishes it.

    :meth:`newest` and :meth:`let_go` belong to the frame loop and never wait; :meth:`attach`
    belongs to the thread that looks for streams.

    Args:
        name: Exact, case-sensitive.
        n_channels: Expected width.
        faithful: Do as the real hand of generation 1: keep the first stream for good, of whatever
            width, also when it is lost.
        exclusive: Refuse streams of one name rather than take one of them.

    Attributes:
        errors: Frames in which the stream could not be read.
        is_lost: It had a stream that is gone, and takes the next one at once.
    """

    def __init__(
        self,
        name: str,
        *,
        n_channels: int = N_CHANNELS,
        faithful: bool = False,
        exclusive: bool = False,
    ) -> None:
        self.name = name
        self.errors = 0
        self.is_lost = False
        self._n_channels = n_channels
        self._faithful = faithful
        self._exclusive = exclusive
        self._inlet: pylsl.StreamInlet | None = None
        self._lost: pylsl.StreamInlet | None = None
        self._is_readable = True

    @property
    def is_attached(self) -> bool:
        """Whether there is a stream; false after it was lost."""
        return self._inlet is not None

    def attach(self, found: list[pylsl.StreamInfo]) -> str:
        """Take the first usable stream.

        Args:
            found: Streams of this name.

        Returns:
            What is wrong with the streams where none can be used, else nothing.
        """
        # Joining a lost inlet's threads may take a while: here it holds no frame up.
        self._lost = None
        usable = [info for info in found if self._faithful or self._can_use(info)]
        if found and not usable:
            worst = found[0]
            return (
                f"expected {self._n_channels} numeric channels on {self.name}, got "
                f"{worst.channel_count()} from {worst.hostname()}; stop that sender or mend it"
            )
        if self._exclusive and len(found) > 1:
            hosts = ", ".join(sorted(info.hostname() for info in found))
            return (
                f"expected one sender of {self.name}, got {len(found)} ({hosts}); stop the others"
            )
        if usable:
            self._is_readable = usable[0].channel_count() == self._n_channels
            inlet = pylsl.StreamInlet(
                usable[0], max_buflen=_INLET_BUFFER_S, recover=self._recovers(usable[0])
            )
            if (self._exclusive or self._faithful) and not _opens(inlet):
                return f"expected samples of {self.name}, got a sender that is gone; start it again"
            self._inlet, self.is_lost = inlet, False
        return ""

    def let_go(self) -> None:
        """Drop the stream; it, or another, is looked for again."""
        self._lost, self._inlet = self._inlet, None
        self.is_lost = not self._exclusive

    def newest(self) -> Channels | None:
        """Return the newest sample since the last call, None if nothing came.

        Returns:
            ``(n_channels,)``, float32, as sent.
        """
        inlet = self._inlet
        if inlet is None:
            return None
        try:
            if not self._is_readable:
                raise pylsl.util.LostError("the real hand cannot read another width")
            # While liblsl recovers a stream, even a pull without a time-out waits for the recovery.
            if (self._exclusive or self._faithful) and not inlet.samples_available():
                return None
            samples, stamps = inlet.pull_chunk(timeout=0.0, max_samples=_MAX_PULL, as_numpy=True)
        except pylsl.util.LostError:
            self.errors += 1
            if not self._faithful:
                self.let_go()
            return None
        valid = np.flatnonzero(np.asarray(stamps) > 0.0)
        if valid.size == 0:
            return None
        with np.errstate(over="ignore"):
            return np.asarray(samples[valid[-1]], dtype=np.float32)

    def _can_use(self, info: pylsl.StreamInfo) -> bool:
        is_numeric = info.channel_format() in _NUMERIC_FORMATS
        return is_numeric and info.channel_count() == self._n_channels

    def _recovers(self, info: pylsl.StreamInfo) -> bool:
        """Whether liblsl shall look for the stream when it is lost.

        Recovery hides a loss, and the real hand's liblsl recovers no stream without a source id,
        newer ones any of that name. But an inlet that does not recover throws away what came last,
        a sender's rest at its end.
        """
        return (self._faithful or self._exclusive) and bool(info.source_id())


def _opens(inlet: pylsl.StreamInlet) -> bool:
    """Connect now: this inlet is asked for samples before the first pull, which would do it."""
    try:
        inlet.open_stream(_OPEN_S)
    except (pylsl.util.LostError, pylsl.util.TimeoutError):
        return False
    return True
