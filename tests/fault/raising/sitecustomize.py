"""On the path of a rig's processes: SIGUSR1 raises an exception wherever the main thread is."""

import signal
from types import FrameType


def _raise(number: int, frame: FrameType | None) -> None:
    raise RuntimeError("a test asked this process to fail")


signal.signal(signal.SIGUSR1, _raise)
