"""The last link to the hand, in a process of its own, so that it outlives the bridge.

``python -m emgrig_vhi_bridge.keeper NAME SOURCE_ID RATE_HZ RAMP_S`` pushes to LSL what comes on its
standard input (`FRAME`); while nothing comes, or the bridge was killed or stands still, it brings
the hand to rest by a ramp. It ends when its input ends and the hand rests.
"""

import os
import select
import signal
import struct
import sys

import pylsl

from emgrig_vhi_bridge.keeping import KeptPose

__all__ = ["FRAME", "N_CHANNELS", "main"]

N_CHANNELS = 9
FRAME = struct.Struct(f"<d{N_CHANNELS}f")
"""LSL clock at which the pose was decided, seconds; the pose."""

_POSE_BUFFER_S = 1
"""What a consumer that stands still may find when it goes on; an old pose is of no use."""


def main() -> None:
    """Keep the hand until the bridge is gone and the hand rests."""
    name, source_id, rate_hz, ramp_s = sys.argv[1:5]
    # The bridge ends us by its end; a signal to the group must not keep the hand from its rest.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Type, channels, rate and format as the VHI's own client has them: contracts/vhi.md 3.3.
    info = pylsl.StreamInfo(
        name, "Control", N_CHANNELS, float(rate_hz), pylsl.cf_float32, source_id
    )
    outlet = pylsl.StreamOutlet(info, max_buffered=_POSE_BUFFER_S)
    print("ready", flush=True)
    _keep(outlet, KeptPose(float(rate_hz), float(ramp_s)))


def _keep(outlet: pylsl.StreamOutlet, kept: KeptPose) -> None:
    poll = select.poll()
    poll.register(0, select.POLLIN)
    is_open, rest = True, b""
    while not kept.is_done(pylsl.local_clock()):
        ready = poll.poll(1000 * kept.wait_s(pylsl.local_clock()))
        if ready:
            came = os.read(0, 64 * FRAME.size)
            rest = _show(outlet, kept, rest + came)
            if not came and is_open:
                is_open = False
                poll.unregister(0)
                kept.end(pylsl.local_clock())
        pose = kept.tick(pylsl.local_clock())
        if pose is not None:
            outlet.push_sample(pose)


def _show(outlet: pylsl.StreamOutlet, kept: KeptPose, data: bytes) -> bytes:
    """Push the poses in the data and return what is no whole frame yet."""
    stop = len(data) - len(data) % FRAME.size
    for t, *values in FRAME.iter_unpack(data[:stop]):
        if kept.show(values, t, pylsl.local_clock()):
            outlet.push_sample(values, t)
    return data[stop:]


if __name__ == "__main__":
    main()
