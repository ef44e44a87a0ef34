"""The last link to the hand, in a process of its own, so that it outlives the bridge.

``python -m emgrig_vhi_bridge.keeper RATE_HZ REPEAT_HZ RAMP_S NAME SOURCE_ID N_CHANNELS REST ...``
offers one or more streams, the last four arguments for each, and pushes to LSL what comes on its
standard input (`frame_of`); while nothing comes, or the bridge was killed or stands still, it
brings every number to its rest by a ramp. It ends when its input ends and the hand rests.
"""

import os
import select
import signal
import struct
import sys
from collections.abc import Sequence

import pylsl

from emgrig_vhi_bridge.keeping import KeptPose

__all__ = ["frame_of", "main"]

_POSE_BUFFER_S = 1
"""What a consumer that stands still may find when it goes on; an old pose is of no use."""


class _Streams:
    """Outlets that share one list of numbers."""

    def __init__(self, rate_hz: float, words: Sequence[str]) -> None:
        # Type, rate and format as the VHI's own clients have them: contracts/vhi.md 3.3, 5.7.
        self._outlets = []
        self.rest: list[float] = []
        streams = (words[start : start + 4] for start in range(0, len(words), 4))
        for name, source_id, n_channels, rest in streams:
            info = pylsl.StreamInfo(
                name, "Control", int(n_channels), rate_hz, pylsl.cf_float32, source_id
            )
            outlet = pylsl.StreamOutlet(info, max_buffered=_POSE_BUFFER_S)
            self._outlets.append((outlet, int(n_channels)))
            self.rest += [float(rest)] * int(n_channels)
        self.frame = frame_of(len(self.rest))

    def push(self, values: Sequence[float], t: float = 0.0) -> None:
        """Push to every stream; a time of 0 means now."""
        start = 0
        for outlet, n_channels in self._outlets:
            outlet.push_sample(list(values[start : start + n_channels]), t)
            start += n_channels


def frame_of(n_numbers: int) -> struct.Struct:
    """Return how a pose comes.

    LSL clock at which it was decided and until which it is good, seconds; then its numbers.
    """
    return struct.Struct(f"<2d{n_numbers}f")


def main() -> None:
    """Keep the hand until the bridge is gone and the hand rests."""
    rate_hz, repeat_hz, ramp_s = map(float, sys.argv[1:4])
    # The bridge ends us by its end; a signal to the group must not keep the hand from its rest.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    streams = _Streams(rate_hz, sys.argv[4:])
    print("ready", flush=True)
    _keep(streams, KeptPose(repeat_hz, ramp_s, streams.rest))


def _keep(streams: _Streams, kept: KeptPose) -> None:
    poll = select.poll()
    poll.register(0, select.POLLIN)
    is_open, rest = True, b""
    while not kept.is_done(pylsl.local_clock()):
        wait_s = kept.wait_s(pylsl.local_clock())
        ready = poll.poll(None if wait_s is None else 1000 * wait_s)
        if ready:
            came = os.read(0, 64 * streams.frame.size)
            rest = _show(streams, kept, rest + came)
            if not came and is_open:
                is_open = False
                poll.unregister(0)
                kept.end(pylsl.local_clock())
        pose = kept.tick(pylsl.local_clock())
        if pose is not None:
            streams.push(pose)


def _show(streams: _Streams, kept: KeptPose, data: bytes) -> bytes:
    """Push the poses in the data and return what is no whole frame yet."""
    stop = len(data) - len(data) % streams.frame.size
    for t, good_until, *values in streams.frame.iter_unpack(data[:stop]):
        if kept.show(values, t, good_until, pylsl.local_clock()):
            streams.push(values, t)
    return data[stop:]


if __name__ == "__main__":
    main()
