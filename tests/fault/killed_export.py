"""Kill the making of a session at every one of its steps, each time in a folder of its own.

``python -m tests.fault.killed_export RECORDING PLACES`` copies the recording to ``PLACES/<step>/``
and has its session made there by a child that the kernel kills.
"""

import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from emgrig.recording import finish_recording

# Source: Python's audit events table; what reads, makes, renames or removes something.
OPERATIONS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir"}
SIZES = (0, 1, 100, 10_000, 25_000, 40_000, 60_000)
MAX_STEPS = 200


def die_at_operation(place: Path, number: int) -> None:
    """Be killed before the given operation on a file of the place."""
    left = number

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event in OPERATIONS and str(args[0]).startswith(str(place)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def die_at_size(size: int) -> None:
    """Be killed by the write that makes a file larger than this."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def was_killed(recording: Path, place: Path, prepare: Callable[[], None]) -> bool:
    """Make the session in a child; returns whether it was killed, and fails if it failed."""
    shutil.copytree(recording, place / recording.name)
    child = os.fork()
    if child == 0:
        prepare()
        finish_recording(place / recording.name, place)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"{place.name}: it failed"
    return os.WIFSIGNALED(status)


def main() -> None:
    """Do all of it."""
    recording, places = map(Path, sys.argv[1:3])
    for size in SIZES:
        place = places / f"size-{size}"
        assert was_killed(recording, place, partial(die_at_size, size)), f"survived {size} bytes"
    for number in range(1, MAX_STEPS):
        place = places / f"operation-{number:03d}"
        if not was_killed(recording, place, partial(die_at_operation, place, number)):
            return
    raise SystemExit(f"expected an end after fewer than {MAX_STEPS} steps")


if __name__ == "__main__":
    main()
