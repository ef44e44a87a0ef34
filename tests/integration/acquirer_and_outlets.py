"""An acquirer and LSL outlets for it, for the tests that look at both."""

import numpy as np
import pylsl
from emgrig.config import Rig
from emgrig.control import acquirer_pb2
from emgrig.messages import Message
from emgrig.testing import Process
from emgrig.transport import Subscriber

RATE_HZ = 2000


def open_outlet(
    rig: Rig,
    *,
    name: str = "",
    n_channels: int = 4,
    rate_hz: float = RATE_HZ,
    dtype: str = "float32",
) -> pylsl.StreamOutlet:
    """Publish an EMG stream and wait until the acquirer reads it."""
    name = name or rig.tables["emg-acquirer"]["stream_name"]
    info = pylsl.StreamInfo(name, "EMG", n_channels, rate_hz, dtype, f"id-{name}")
    info.set_channel_labels([f"ch{k}" for k in range(n_channels)])
    outlet = pylsl.StreamOutlet(info)
    assert outlet.wait_for_consumers(20)
    return outlet


def push(outlet: pylsl.StreamOutlet, emg: np.ndarray, first_s: float, rate_hz: float = RATE_HZ):
    outlet.push_chunk(emg, (first_s + np.arange(len(emg)) / rate_hz).tolist())


def receive(bus: Subscriber, n_samples: int) -> tuple[list[Message], list[Message]]:
    """Return windows and chunks until so many samples have come in chunks."""
    windows: list[Message] = []
    chunks: list[Message] = []
    while sum(len(chunk.data) for chunk in chunks) < n_samples:
        message = bus.receive(15)
        assert message is not None, f"expected {n_samples} samples, got {len(chunks)} chunks"
        (windows if message.kind == "window" else chunks).append(message)
    return windows, chunks


def source_status(acquirer: Process):
    return acquirer.client.call("Acquirer.GetSource", acquirer_pb2.GetSourceRequest())
