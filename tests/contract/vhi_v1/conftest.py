"""A hand to test from outside: our stand-in, or any other one.

``make check-hand TARGET=host:port`` tests a hand that runs already; it must offer the stock
movements of mode AI. Streams are then looked for with the LSL configuration of this machine.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from emgrig.testing import Process, make_rig, running
from emgrig.vhi.v1 import vhi_pb2, vhi_pb2_grpc
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import CALL_S, TARGET, Readback, open_readback
from tests.vhi_poses import AI_MOVEMENTS

START = vhi_pb2.StateReply(
    current_state="waiting",
    current_movement="Rest",
    session_active=False,
    available_movements=AI_MOVEMENTS,
    mode="AI",
    control_mode=vhi_pb2.MOVEMENT,
)
"""The state of a hand that was told nothing yet, or was put back to that."""


class Hand:
    """The hand's commands, raw; its movements file's folder and its process if it is ours."""

    def __init__(
        self, target: str, folder: Path | None = None, process: Process | None = None
    ) -> None:
        self.target = target
        self.folder = folder
        self.process = process
        self._channel = grpc.insecure_channel(target)
        self._stub: Any = vhi_pb2_grpc.VhiControlStub(self._channel)

    def __getattr__(self, method: str) -> Any:
        """Call a method with its request's fields: ``hand.Freeze(frozen=True)``."""
        request = getattr(vhi_pb2, f"{method}Request")
        return lambda **fields: getattr(self._stub, method)(request(**fields), timeout=CALL_S)

    def later(self, method: str, **fields: Any) -> Any:
        """Call a method and return its future."""
        request = getattr(vhi_pb2, f"{method}Request")
        return getattr(self._stub, method).future(request(**fields), timeout=CALL_S)

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


@pytest.fixture(scope="module")
def hand_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    if TARGET:
        hand = Hand(TARGET)
        yield hand
        hand.close()
        return
    folder = tmp_path_factory.mktemp("hand")
    rig = make_rig(folder)
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig) as process:
        hand = Hand(f"127.0.0.1:{port}", folder, process)
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
