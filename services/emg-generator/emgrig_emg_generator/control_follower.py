"""Follow the LSL control stream, wherever and whenever it appears."""

import math
import threading

import pylsl
from pylsl.util import LostError

__all__ = ["ControlFollower"]

# A pull blocks at most this long, so that a stop and a successor are noticed.
_PULL_S = 0.5
# liblsl has no event for "a stream appeared"; asking its background resolver costs microseconds.
_ASK_S = 0.1
# The resolver asks the network about every half second.
_FORGET_S = 2.0


class ControlFollower:
    """Keeps the newest value of the control stream; `run` belongs in a thread of its own.

    Of several streams of the name the youngest is followed: a cable that is pulled ends no
    connection, so the old incarnation may still seem to be there when its successor comes.

    Args:
        stream_name: LSL name of the control stream.
        stopping: Ends `run`.

    Attributes:
        value: Newest value of channel 0; it persists when the stream goes away. 0 at first.
        connections: How often a control stream was found.
    """

    def __init__(self, stream_name: str, stopping: threading.Event) -> None:
        self._name = stream_name
        self._stopping = stopping
        self.value = 0.0
        self.connections = 0

    def run(self) -> None:
        """Find the stream and follow it, again and again, until stopping."""
        # Not `resolve_byprop`: when nothing answers it may block seconds beyond its time-out
        # (liblsl 1.18).
        resolver = pylsl.ContinuousResolver("name", self._name, forget_after=_FORGET_S)
        while not self._stopping.is_set():
            found = self._youngest(resolver)
            if found is None:
                self._stopping.wait(_ASK_S)
                continue
            self.connections += 1
            try:
                self._follow(found, resolver)
            except LostError:
                # The resolver names a stream that is gone for a while yet.
                self._stopping.wait(_ASK_S)

    def _youngest(self, resolver: pylsl.ContinuousResolver) -> pylsl.StreamInfo | None:
        candidates = [
            info
            for info in resolver.results()
            # A string carries no class number.
            if info.channel_format() != pylsl.cf_string
        ]
        return max(candidates, key=lambda info: info.created_at(), default=None)

    def _follow(self, info: pylsl.StreamInfo, resolver: pylsl.ContinuousResolver) -> None:
        # Without recovery a lost stream is an error at once, and `run` looks for its successor.
        inlet = pylsl.StreamInlet(info, max_buflen=1, recover=False)
        while not self._stopping.is_set():
            sample, _ = inlet.pull_sample(timeout=_PULL_S)
            if sample is not None:
                if math.isfinite(sample[0]):
                    self.value = float(sample[0])
                continue
            youngest = self._youngest(resolver)
            if youngest is not None and youngest.uid() != info.uid():
                return
