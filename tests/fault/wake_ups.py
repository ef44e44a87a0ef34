"""How late this machine wakes a process that does nothing else: the floor under a latency.

``python -m tests.fault.wake_ups HZ FILE`` until SIGTERM, which writes the file.
"""

import signal
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

END_S = 10.0


@contextmanager
def wake_ups(rate_hz: float, file: Path) -> Iterator[None]:
    """Have a process woken beside what is measured; `late_ms` reads what it wrote."""
    words = [sys.executable, "-m", "tests.fault.wake_ups", str(rate_hz), str(file)]
    process = subprocess.Popen(words)
    try:
        yield
    finally:
        process.terminate()
        process.wait(END_S)


def late_ms(file: Path) -> np.ndarray:
    """Return how late each wake-up was."""
    return np.fromfile(file, np.float64) * 1e3


def main() -> None:
    rate_hz, file = float(sys.argv[1]), Path(sys.argv[2])
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    late_s, due = array("d"), time.monotonic()
    while True:
        due += 1 / rate_hz
        if stopping.wait(max(0.0, due - time.monotonic())):
            break
        late_s.append(time.monotonic() - due)
    file.write_bytes(late_s.tobytes())


if __name__ == "__main__":
    main()
