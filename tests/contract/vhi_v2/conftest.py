"""A hand of generation 2 to test from outside: our stand-in, or any other one.

``make check-hand TARGET=host:port`` tests a hand that runs already. Streams are then looked for
with the machine's own LSL configuration.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running, wait_until
from emgrig.vhi.v2 import remote_pb2, remote_pb2_grpc
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import CALL_S, FIND_S, TARGET, Readback, open_readback
from tests.deadlines import MS

PREDICTION = "vhi.prediction."
CONTROL_POSE = "vhi.control.pose."
GESTURE = "vhi.control.gesture"
SUFFIXES = (
    "thumb.flexion",
    "thumb.abduction",
    "index",
    "middle",
    "ring",
    "little",
    "wrist.flexion",
    "wrist.abduction",
    "wrist.rotation",
)
INDEX = PREDICTION + "index"
FIST = (1, -1, 1, 1, 1, 1, 0, 0, 0)
REST = (0,) * 9
# A lost stream is looked for by its source id: nobody else's of this machine may be found for it.
CLIENT = f"client-{secrets.token_hex(4)}"
# A silent stream drives nothing after 5 s.
QUIET_S = 12_000 * MS


class RemoteHand:
    """The hand's commands, raw; ``is_ours`` where its open points are chosen by us."""

    def __init__(self, target: str, *, is_ours: bool) -> None:
        self.target = target
        self.is_ours = is_ours
        self._channel = grpc.insecure_channel(target)
        self._stub: Any = remote_pb2_grpc.RemoteControlStub(self._channel)

    def __getattr__(self, method: str) -> Any:
        """Call a method with its request's fields: ``hand.SetControl(discrete={...})``."""
        request = getattr(remote_pb2, f"{method}Request")
        return lambda **fields: getattr(self._stub, method)(request(**fields), timeout=CALL_S)

    def gesture(self, name: str) -> Any:
        return self.SetControl(discrete={GESTURE: name})

    def start(self, movement: str, frequency_hz: float = 2.0) -> Any:
        return self.StartRecordingTrajectory(
            movement=movement, frequency_hz=frequency_hz, hold_time_s=0.5, rest_time_s=0.25
        )

    def wait_unheard(self, address: str) -> None:
        """Wait until no stream of an earlier test overrides a sweep of an address."""
        wait_until(
            lambda: self.SweepControl(name=address, duration_s=0.1).matched_expectation, QUIET_S
        )

    def sweep_in_background(self, address: str, duration_s: float) -> Any:
        request = remote_pb2.SweepControlRequest(name=address, duration_s=duration_s)
        return self._stub.SweepControl.future(request, timeout=duration_s + CALL_S)

    def reset(self) -> None:
        """Bring everything that a command can change back to its start."""
        self.StopRecordingTrajectory()
        self.SetRecordingSession(active=False)
        self.SetPresentation(blend=False, blend_speed=5)
        self.SetControl(continuous={PREDICTION + suffix: 0.0 for suffix in SUFFIXES})
        # Numbers for the control hand refuse a gesture until they are silent for 5 s.
        wait_until(lambda: self.gesture("Rest").applied, QUIET_S)

    def close(self) -> None:
        self._channel.close()


class Stream:
    """A client's stream for one address; it re-sends nothing by itself."""

    def __init__(self, outlet: pylsl.StreamOutlet) -> None:
        self._outlet: pylsl.StreamOutlet | None = outlet

    def is_heard(self) -> bool:
        assert self._outlet is not None
        return bool(self._outlet.wait_for_consumers(FIND_S))

    def send(self, value: float) -> None:
        assert self._outlet is not None
        self._outlet.push_sample([value])

    def show(self, value: float, readback: Readback, pose: Any) -> None:
        """Send a value again and again, as clients do, until the hand shows a pose.

        A hand that drops a silent stream may do so just now: what was sent once is lost then.
        """
        readback.wait_for(pose, each=lambda: self.send(value))
        # What was sent beyond that is taken before anybody says otherwise.
        readback.fresh(3)

    def close(self) -> None:
        """Take the stream off the network: liblsl does so when the last reference goes."""
        self._outlet = None


@contextmanager
def stream(address: str) -> Iterator[Stream]:
    """Publish like a client, and wait until the hand listens."""
    with streams(address) as (sender,):
        yield sender


@contextmanager
def streams(*addresses: str) -> Iterator[list[Stream]]:
    """Publish like a client, all at once, and wait until the hand listens to each."""
    senders = []
    for address in addresses:
        source_id = f"{CLIENT}:{address}"
        info = pylsl.StreamInfo(address, "Control", 1, 32.0, pylsl.cf_float32, source_id)
        senders.append(Stream(pylsl.StreamOutlet(info)))
    for address, sender in zip(addresses, senders, strict=True):
        assert sender.is_heard(), f"the hand did not pick {address} up"
    yield senders
    for sender in senders:
        sender.close()


@contextmanager
def hand_of(rig: Any) -> Iterator[RemoteHand]:
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig, ["--set", "virtual-hand.protocol=v2"]):
        hand = RemoteHand(f"127.0.0.1:{port}", is_ours=True)
        yield hand
        hand.close()


@pytest.fixture(scope="module")
def hand_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteHand]:
    if TARGET:
        hand = RemoteHand(TARGET, is_ours=False)
        yield hand
        hand.close()
        return
    with hand_of(make_rig(tmp_path_factory.mktemp("hand"))) as hand:
        yield hand


@pytest.fixture
def hand(hand_of_module: RemoteHand) -> RemoteHand:
    hand_of_module.reset()
    return hand_of_module


@pytest.fixture
def our_hand(hand: RemoteHand) -> RemoteHand:
    if not hand.is_ours:
        pytest.skip("the contract leaves it open, another hand may have chosen otherwise")
    return hand


@pytest.fixture(scope="module")
def readbacks(hand_of_module: RemoteHand) -> Iterator[dict[str, Readback]]:
    readbacks = {name: open_readback(name) for name in ("VHI_Control", "VHI_Predict")}
    yield readbacks
    for readback in readbacks.values():
        readback.inlet.close_stream()


@pytest.fixture
def control(readbacks: dict[str, Readback], hand: RemoteHand) -> Readback:
    readbacks["VHI_Control"].inlet.flush()
    return readbacks["VHI_Control"]


@pytest.fixture
def predicted(readbacks: dict[str, Readback], hand: RemoteHand) -> Readback:
    readbacks["VHI_Predict"].inlet.flush()
    return readbacks["VHI_Predict"]


def pose(**values: float) -> np.ndarray:
    """Return nine values by the last words of their addresses, dots as underscores."""
    vector = np.zeros(9)
    for name, value in values.items():
        vector[SUFFIXES.index(name.replace("_", "."))] = value
    return vector
