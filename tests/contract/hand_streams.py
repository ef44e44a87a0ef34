"""The streams of a hand that is tested from outside, of either generation."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pylsl
import pytest
from emgrig.testing import lsl_config

from tests.deadlines import MS

TARGET = os.environ.get("VHI_TARGET", "")
"""``host:port`` of a hand that runs already; empty for our stand-in."""
FIND_S = 10_000 * MS
CALL_S = 5000 * MS


@dataclass
class Readback:
    """One of the hand's outlets."""

    inlet: pylsl.StreamInlet

    def next(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the next n samples, ``(n, 9)``, and their time stamps."""
        samples, stamps = self.inlet.pull_chunk(timeout=n / 60 + 5000 * MS, max_samples=n)
        assert len(stamps) == n, f"expected {n} samples, got {len(stamps)}"
        return np.array(samples), np.array(stamps)

    def fresh(self, n: int) -> np.ndarray:
        """Return n samples from now on: what was buffered, and a frame under way, is left out."""
        self.inlet.flush()
        return self.next(n + 3)[0][3:]

    def wait_for(
        self,
        pose: Any,
        *,
        timeout_s: float = 5000 * MS,
        atol: float = 1e-6,
        each: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until the hand shows a pose; `each` is called before every look."""
        # By the samples' own time: what was buffered until now may be seconds of it.
        until, shown_at = pylsl.local_clock() + timeout_s, 0.0
        while shown_at < until:
            each()
            (newest,), (shown_at,) = self.next(1)
            if np.allclose(newest, pose, rtol=0, atol=atol):
                return
        raise AssertionError(f"expected {pose}, got {newest}")


def code_of(target: str, path: str) -> grpc.StatusCode:
    """Call a method that a hand does not have and return how it was refused."""
    with grpc.insecure_channel(target) as channel:
        call = channel.unary_unary(path, None, None)
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", timeout=5)
    return caught.value.code()


def open_readback(name: str) -> Readback:
    found = pylsl.resolve_byprop("name", name, minimum=1, timeout=FIND_S)
    assert found, f"no stream {name}"
    inlet = pylsl.StreamInlet(found[0], recover=False)
    inlet.open_stream(timeout=FIND_S)
    return Readback(inlet)


def open_sender(
    name: str, source_id: str, *, n_channels: int = 9, channel_format: int = pylsl.cf_float32
) -> pylsl.StreamOutlet:
    """Publish like a client, and wait until the hand listens."""
    info = pylsl.StreamInfo(name, "Control", n_channels, 32.0, channel_format, source_id)
    outlet = pylsl.StreamOutlet(info)
    assert outlet.wait_for_consumers(FIND_S), f"the hand did not pick {name} up"
    return outlet


FOREIGN = """
import sys, threading
import pylsl
name, n_channels, source_id, value = sys.argv[1:]
info = pylsl.StreamInfo(name, "Control", int(n_channels), 32.0, pylsl.cf_float32, source_id)
outlet = pylsl.StreamOutlet(info)
print("publishes", flush=True)
stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopped.set())).start()
while not stopped.wait(1 / 32):
    outlet.push_sample([float(value)] * int(n_channels))
"""


@contextmanager
def foreign_sender(
    folder: Path, name: str, source_id: str, *, value: float, n_channels: int = 9
) -> Iterator[None]:
    """Publish in an LSL session of its own, as another rig on the network does."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", FOREIGN, name, str(n_channels), source_id, str(value)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"LSLAPICFG": str(lsl_config(folder))},
    ) as sender:
        assert sender.stdout is not None
        assert sender.stdout.readline()
        yield
        sender.communicate()
