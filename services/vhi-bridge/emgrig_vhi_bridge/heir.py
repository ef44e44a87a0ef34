"""Who keeps the hand when both its bridge and its keeper are gone.

``python -m emgrig_vhi_bridge.heir BRIDGE_FD KEEPER_PID`` and the keeper's arguments: the read end
of the bridge's pipe to the keeper, of which it looks at nothing but the end, and whose heir it is.
It is told each pose on its standard input. With the bridge alive it does nothing: that replaces its
keeper, and ends this with it. With the bridge gone and the keeper gone, or silent, it offers the
streams itself and brings the hand to rest.
"""

import os
import select
import signal
import sys
from collections.abc import Sequence

import pylsl

from emgrig_vhi_bridge.kept_hand import KeptOutlets, PoseInput, ignore_signals, keep

__all__ = ["main"]

_TOLD_S = 2.0
"""How long rest is told to a hand that has to find these streams first."""


def main() -> None:
    """Wait until the hand needs somebody, and keep it then."""
    ignore_signals()
    bridge_fd, keeper_pid = int(sys.argv[1]), int(sys.argv[2])
    rate_hz, repeat_hz, ramp_s = map(float, sys.argv[3:6])
    poses = PoseInput(0, repeat_hz, ramp_s, sys.argv[6:], _TOLD_S)
    if _is_needed(poses, bridge_fd, keeper_pid):
        keep(poses, KeptOutlets(rate_hz, sys.argv[6:]).push)


def _is_needed(poses: PoseInput, bridge_fd: int, keeper_pid: int) -> bool:
    """Follow the keeper until it and the bridge are gone; returns whether a hand is left moved."""
    kept = poses.kept
    poll = select.poll()
    poll.register(poses.fd, select.POLLIN)
    poll.register(bridge_fd, 0)
    has_bridge = has_keeper = True
    while has_bridge or has_keeper:
        wait_s = None if has_bridge else kept.wait_s(pylsl.local_clock())
        ready = dict(poll.poll(None if wait_s is None else 1000 * wait_s))
        if bridge_fd in ready:
            has_bridge = False
            poll.unregister(bridge_fd)
        if poses.fd in ready and not poses.read(_leave):
            has_keeper = False
            poll.unregister(poses.fd)
        if not has_bridge and has_keeper and kept.wait_s(pylsl.local_clock()) == 0:
            _end(keeper_pid)
    kept.end(pylsl.local_clock())
    return not kept.is_done(pylsl.local_clock())


def _leave(values: Sequence[float], t: float) -> None:
    """Leave a pose to the keeper, who pushed it."""


def _end(keeper_pid: int) -> None:
    """End a keeper that stands still: when it goes on, the hand has other streams."""
    if os.getppid() == keeper_pid:
        os.kill(keeper_pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
