"""A hand to test from outside: our stand-in, or any other one.

``make check-hand TARGET=host:port`` tests a hand that runs already; it must offer the stock
movements of mode AI. Streams are then looked for with the LSL configuration of this machine.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running
from emgrig.vhi.v1 import vhi_pb2, vhi_pb2_grpc
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.deadlines import MS

TARGET = os.environ.get("VHI_TARGET", "")
FIND_S = 10_000 * MS
CALL_S = 5000 * MS


class Hand:
    """The hand's commands, raw, and where its movements file is (None if not ours)."""

    def __init__(self, target: str, folder: Path | None) -> None:
        self.target = target
        self.folder = folder
        self._channel = grpc.insecure_channel(target)
        self._stub: Any = vhi_pb2_grpc.VhiControlStub(self._channel)

    def __getattr__(self, method: str) -> Any:
        """Call a method with its request's fields: ``hand.Freeze(frozen=True)``."""
        request = getattr(vhi_pb2, f"{method}Request")
        return lambda **fields: getattr(self._stub, method)(request(**fields), timeout=CALL_S)

    def reset(self) -> None:
        """Bring everything that a command can change back to its start."""
        self.SetControlMode(mode=vhi_pb2.MOVEMENT)
        self.SetSpeed(frequency_hz=0.5, hold_time_s=1, rest_time_s=1)
        self.SetSmoothing(enabled=False, smoothing_speed=5)
        self.SetSessionActive(active=False)
        self.SetMovement(movement_name="Rest", cycle=False)
        self.Freeze(frozen=False)

    def close(self) -> None:
        self._channel.close()


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


@pytest.fixture(scope="module")
def hand_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    if TARGET:
        hand = Hand(TARGET, None)
        yield hand
        hand.close()
        return
    folder = tmp_path_factory.mktemp("hand")
    rig = make_rig(folder)
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig):
        hand = Hand(f"127.0.0.1:{port}", folder)
        yield hand
        hand.close()


@pytest.fixture
def hand(hand_of_module: Hand) -> Hand:
    hand_of_module.reset()
    return hand_of_module


@pytest.fixture
def our_hand(hand: Hand) -> Hand:
    if hand.folder is None:
        pytest.skip("the movements file of another hand is not ours to write")
    return hand


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


@pytest.fixture(scope="module")
def readbacks(hand_of_module: Hand) -> Iterator[dict[str, Readback]]:
    readbacks = {name: open_readback(name) for name in ("VHI_Control", "VHI_Predict")}
    yield readbacks
    for readback in readbacks.values():
        readback.inlet.close_stream()


@pytest.fixture
def control(readbacks: dict[str, Readback], hand: Hand) -> Readback:
    readbacks["VHI_Control"].inlet.flush()
    return readbacks["VHI_Control"]


@pytest.fixture
def predicted(readbacks: dict[str, Readback], hand: Hand) -> Readback:
    readbacks["VHI_Predict"].inlet.flush()
    return readbacks["VHI_Predict"]
