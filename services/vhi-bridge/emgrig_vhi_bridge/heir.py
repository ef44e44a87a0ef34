"""Who looks after the keeper of a hand, and keeps the hand when that is gone.

``python -m emgrig_vhi_bridge.heir KEEPER_PID`` and the keeper's arguments. It is told each pose on
its standard input. A keeper that says nothing for a while is woken, should it be stopped, and ended
if that does not help: it holds up a hand that has the last pose. With the keeper gone, its bridge
starts another, and ends this process with the first one; a bridge that is gone, or stands still,
does not, and then this process offers the streams itself and brings the hand to rest.
"""

import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence

import pylsl

from emgrig_vhi_bridge.kept_hand import KeptOutlets, PoseInput, ignore_signals, keep

__all__ = ["main"]

_TOLD_S = 2.0
"""How long rest is told to a hand that has to find these streams first."""

_FOR_EVER = (-1, 0)

_STEPS = ((150, signal.SIGCONT), (350, signal.SIGKILL))
"""How long a keeper may say nothing, ms, and what is done then; at its silence of 150 ms it would
take the hand to rest, and at 500 ms its bridge replaces it."""


def main() -> None:
    """Wait until the hand needs somebody, and keep it then."""
    ignore_signals()
    keeper_pid = int(sys.argv[1])
    rate_hz, repeat_hz, ramp_s = map(float, sys.argv[2:5])
    poses = PoseInput(0, repeat_hz, ramp_s, sys.argv[5:], _TOLD_S)
    _follow(poses, keeper_pid)
    if _is_needed(poses):
        keep(poses, KeptOutlets(rate_hz, sys.argv[5:]).push)


def _follow(poses: PoseInput, keeper_pid: int) -> None:
    """Look after the keeper from its first pose until it is gone."""
    poll = select.poll()
    poll.register(poses.fd, select.POLLIN)
    steps: Iterator[tuple[int, int]] = iter(())
    wait_ms, number = _FOR_EVER
    while True:
        if not poll.poll(wait_ms):
            _signal(keeper_pid, number)
        elif poses.read(_leave):
            steps = iter(_STEPS)
        else:
            return
        wait_ms, number = next(steps, _FOR_EVER)


def _is_needed(poses: PoseInput) -> bool:
    """Return whether a hand is left moved, once a bridge that is there would have ended us."""
    select.select((), (), (), poses.kept.wait_s(pylsl.local_clock()) or 0.0)
    poses.kept.end(pylsl.local_clock())
    return not poses.kept.is_done(pylsl.local_clock())


def _leave(values: Sequence[float], t: float) -> None:
    """Leave a pose to the keeper, who pushed it."""


def _signal(keeper_pid: int, number: int) -> None:
    if os.getppid() == keeper_pid:
        os.kill(keeper_pid, number)


if __name__ == "__main__":
    main()
