"""What the keeper of a hand and its heir share: poses that come through a pipe, and LSL."""

import os
import select
import signal
import struct
from collections.abc import Callable, Sequence

import pylsl

from emgrig_vhi_bridge.keeping import KeptPose

__all__ = ["KeptOutlets", "PoseInput", "frame_of", "ignore_signals", "keep"]

_POSE_BUFFER_S = 1
"""What a consumer that stands still may find when it goes on; an old pose is of no use."""


def frame_of(n_numbers: int) -> struct.Struct:
    """Return how a pose comes.

    LSL clock at which it was decided and until which it is good, seconds; then its numbers.
    """
    return struct.Struct(f"<2d{n_numbers}f")


class KeptOutlets:
    """Outlets that share one list of numbers.

    Args:
        rate_hz: Nominal rate of all.
        words: Name, source id, number of channels and number at rest of each.
    """

    def __init__(self, rate_hz: float, words: Sequence[str]) -> None:
        # Type, rate and format as the VHI's own clients have them: contracts/vhi.md 3.3, 5.7.
        self._outlets = []
        for name, source_id, n_channels, _ in _streams_of(words):
            info = pylsl.StreamInfo(
                name, "Control", int(n_channels), rate_hz, pylsl.cf_float32, source_id
            )
            outlet = pylsl.StreamOutlet(info, max_buffered=_POSE_BUFFER_S)
            self._outlets.append((outlet, int(n_channels)))

    def push(self, values: Sequence[float], t: float) -> None:
        """Push to every stream at an LSL clock, seconds."""
        start = 0
        for outlet, n_channels in self._outlets:
            outlet.push_sample(list(values[start : start + n_channels]), t)
            start += n_channels


class PoseInput:
    """The poses that come through a pipe; they show in `kept` what is to be pushed.

    Args:
        fd: Read end of the pipe.
        repeat_hz: Rate at which the writer repeats itself.
        ramp_s: Length of the way to rest.
        words: As of `KeptOutlets`.
        told_s: How long rest is told to the hand once no more can come.

    Attributes:
        fd: Read end of the pipe.
        frame: How a pose comes.
        kept: The newest pose and what becomes of it.
    """

    def __init__(
        self, fd: int, repeat_hz: float, ramp_s: float, words: Sequence[str], told_s: float
    ) -> None:
        rest = [float(one) for _, _, n, one in _streams_of(words) for _ in range(int(n))]
        self.fd = fd
        self.frame = frame_of(len(rest))
        self.kept = KeptPose(repeat_hz, ramp_s, rest, told_s)
        self._data = b""

    def read(self, push: Callable[[Sequence[float], float], None]) -> bool:
        """Push the poses that are there; returns whether more can come."""
        came = os.read(self.fd, 64 * self.frame.size)
        data = self._data + came
        stop = len(data) - len(data) % self.frame.size
        for t, good_until, *values in self.frame.iter_unpack(data[:stop]):
            if self.kept.show(values, t, good_until, pylsl.local_clock()):
                push(values, t)
        self._data = data[stop:]
        return bool(came)


def keep(poses: PoseInput, push: Callable[[Sequence[float], float], None]) -> None:
    """Push what comes, and rest where nothing comes, until no more can come and the hand rests."""
    kept = poses.kept
    poll = select.poll()
    poll.register(poses.fd, select.POLLIN)
    while not kept.is_done(pylsl.local_clock()):
        wait_s = kept.wait_s(pylsl.local_clock())
        if poll.poll(None if wait_s is None else 1000 * wait_s) and not poses.read(push):
            poll.unregister(poses.fd)
            kept.end(pylsl.local_clock())
        now = pylsl.local_clock()
        pose = kept.tick(now)
        if pose is not None:
            push(pose, now)


def ignore_signals() -> None:
    """Leave a process its end: a signal to the group must not keep the hand from its rest."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _streams_of(words: Sequence[str]) -> list[Sequence[str]]:
    return [words[start : start + 4] for start in range(0, len(words), 4)]
