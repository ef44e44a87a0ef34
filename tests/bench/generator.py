"""The generator's rate, by when its samples arrive and not by what they are stamped."""

import secrets
from pathlib import Path

import numpy as np
import pylsl
from emgrig.testing import make_rig, running

__all__ = ["arrival_rate_hz", "measure_generator"]

CHUNK = 32
RATE_HZ = 2048.0


def arrival_rate_hz(
    inlet: pylsl.StreamInlet, seconds: float, control: pylsl.StreamOutlet | None = None
) -> float:
    """Return the samples per second of our own clock.

    Between the most punctual chunk of the first quarter and that of the last one: a busy machine
    makes a chunk late, nothing makes one early.

    Args:
        inlet: Of the generator.
        seconds: How long to look.
        control: Given another class with every chunk.
    """
    inlet.pull_chunk(timeout=10, max_samples=CHUNK)
    inlet.flush()
    began, arrivals = pylsl.local_clock(), []
    while not arrivals or arrivals[-1] - began < seconds:
        _, stamps = inlet.pull_chunk(timeout=10, max_samples=CHUNK)
        arrivals.append(pylsl.local_clock())
        assert len(stamps) == CHUNK, f"expected {CHUNK} samples in 10 s, got {len(stamps)}"
        if control is not None:
            control.push_sample([len(arrivals) % 2])
    times, quarter = np.array(arrivals), len(arrivals) // 4
    late = times - np.arange(len(times)) * CHUNK / RATE_HZ
    first, last = int(late[:quarter].argmin()), int(late[-quarter:].argmin()) - quarter
    n_chunks = last + len(times) - first
    return float(CHUNK * n_chunks / (times[last] - times[first]))


def measure_generator(folder: Path, seconds: float, *, with_control: bool) -> float:
    """Run a generator of its own and return its rate, Hz."""
    tag = secrets.token_hex(4)
    names = {"stream_name": f"EMG{tag}", "control_stream": f"Control{tag}"}
    with running("emg-generator", make_rig(folder, {"emg-generator": names})):
        control = None
        if with_control:
            info = pylsl.StreamInfo(names["control_stream"], "Control", 1, 0, "float32", tag)
            control = pylsl.StreamOutlet(info)
            assert control.wait_for_consumers(15)
        found = pylsl.resolve_byprop("name", names["stream_name"], 1, 10)
        inlet = pylsl.StreamInlet(found[0], recover=False)
        return arrival_rate_hz(inlet, seconds, control)
