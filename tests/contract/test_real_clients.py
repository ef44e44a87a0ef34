"""The real clients drive the virtual hand: negotiate, gesture, stream a pose, read back, stop.

They are the MyoGestic library from PyPI, each version in an environment of its own.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emgrig.testing import make_rig, running, wait_until
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import Readback, open_readback
from tests.vhi_poses import AI_MOVEMENTS, POSES

PEERS = Path(__file__).parents[2] / "build" / "peers"
CLOSED_V1 = (-0.5, 0, -1, -1, -1, -1, 0, 0, 0)
FIST_V2 = (1, -1, 1, 1, 1, 1, 0, 0, 0)
REST = (0,) * 9


def needs(version: str) -> pytest.MarkDecorator:
    missing = not (PEERS / f"myogestic-{version}" / "bin" / "python").exists()
    return pytest.mark.skipif(
        missing, reason=f"no environment with MyoGestic {version}; make one with tools/peers.sh"
    )


class Client:
    """A partner's process that is told one command after another."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen

    def __call__(self, *command: Any) -> Any:
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.popen.stdin.write(json.dumps(command) + "\n")
        self.popen.stdin.flush()
        answer = self.popen.stdout.readline()
        assert answer, f"{command}: the client ended"
        return json.loads(answer)

    def reads(self, stream: str, pose: Any) -> None:
        """Wait until the client itself reads a pose from one of the hand's streams."""

        def shows() -> bool:
            newest = self("read", stream)
            return newest is not None and np.allclose(newest, pose, rtol=0, atol=1e-6)

        wait_until(shows, 15)


@contextmanager
def client_of(version: str, generation: str, port: int, folder: Path) -> Iterator[Client]:
    # The clients look for an installed hand, though they launch none here.
    binary = folder / "VHI.x86_64"
    binary.touch(mode=0o755)
    driver = Path(__file__).with_name(f"hand_client_{generation}.py")
    with (folder / f"client-{generation}.log").open("w") as errors:
        popen = subprocess.Popen(
            [PEERS / f"myogestic-{version}" / "bin" / "python", driver, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ
            | {"VHI_PATH": str(folder), "VHI_LAUNCH_MODE": "binary"}
            | {"LSLAPICFG": str(_lsl_of_client(folder))},
        )
        with popen:
            try:
                yield Client(popen)
            finally:
                popen.kill()


def _lsl_of_client(folder: Path) -> Path:
    """Write our LSL configuration with this computer as a peer that is known.

    The clients' older liblsl asks by multicast alone where no peer is known; kept on one machine,
    that reaches only one of the processes.
    """
    ours = Path(os.environ["LSLAPICFG"]).read_text()
    path = folder / "client_lsl.cfg"
    path.write_text(ours.replace("[multicast]", "KnownPeers = {127.0.0.1}\n[multicast]"))
    return path


@pytest.fixture
def hand(tmp_path: Path) -> Callable[[str], Any]:
    @contextmanager
    def run(generation: str) -> Iterator[int]:
        rig = make_rig(tmp_path)
        port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
        with running("virtual-hand", rig, ["--protocol", generation]):
            yield port

    return run


@contextmanager
def readbacks() -> Iterator[tuple[Readback, Readback]]:
    both = open_readback("VHI_Control"), open_readback("VHI_Predict")
    yield both
    for one in both:
        one.inlet.close_stream()


@needs("2.0.2")
def test_the_client_of_generation_1_drives_the_virtual_hand(hand, tmp_path):
    with (
        hand("v1") as port,
        client_of("2.0.2", "v1", port, tmp_path) as client,
        readbacks() as (control, predicted),
    ):
        assert client("state")["movements"] == list(AI_MOVEMENTS)

        client("gesture", "Fist")
        client.reads("VHI_Control", POSES["Fist"])
        wait_until(lambda: client("state")["movement"] == "Fist", 5)

        client("session", True)
        wait_until(lambda: client("state")["session"], 5)
        client("session", False)

        client("pose", CLOSED_V1)
        client.reads("VHI_Predict", CLOSED_V1)
        client("stop")

        # It leaves the hand as it is: contract 6.1.
        assert np.allclose(predicted.fresh(10), CLOSED_V1, atol=1e-6)
        assert np.allclose(control.fresh(10), POSES["Fist"], atol=1e-6)


@needs("2.0.2")
def test_the_client_of_generation_1_streams_to_the_control_hand(hand, tmp_path):
    with (
        hand("v1") as port,
        client_of("2.0.2", "v1", port, tmp_path) as client,
        readbacks() as (control, _),
    ):
        client("mode", "STREAM")
        client("control_pose", CLOSED_V1)
        client.reads("VHI_Control", CLOSED_V1)

        client("stop")
        assert np.allclose(control.fresh(10), CLOSED_V1, atol=1e-6)


@needs("2.0.2")
def test_the_client_of_generation_1_finds_no_hand_in_generation_2(hand, tmp_path):
    with hand("v2") as port, client_of("2.0.2", "v1", port, tmp_path) as client:
        assert client("state") is None


@needs("2.6.2")
def test_the_client_of_generation_2_drives_the_virtual_hand(hand, tmp_path):
    with (
        hand("v2") as port,
        client_of("2.6.2", "v2", port, tmp_path) as client,
        readbacks() as (control, predicted),
    ):
        assert len(client("manifest")) == 19
        assert client("connect")

        assert client("gesture", "Fist")
        client.reads("VHI_Control", FIST_V2)
        wait_until(lambda: client("state")["movement"] == "Fist", 5)

        fingers = {"thumb": 0.5, "index": 1, "middle": 1, "ring": 1, "little": 1}
        client("push", fingers | {"gesture": "Fist"})
        client.reads("VHI_Predict", [0.5, 0, 1, 1, 1, 1, 0, 0, 0])

        client("stop")
        control.wait_for(REST)
        predicted.wait_for(REST)


@needs("2.6.2")
def test_the_client_of_generation_2_records_and_sweeps(hand, tmp_path):
    with (
        hand("v2") as port,
        client_of("2.6.2", "v2", port, tmp_path) as client,
        readbacks() as (control, _),
    ):
        assert client("session", True)
        assert client("trajectory", "Fist")
        state = client("state")
        assert (state["session"], state["trajectory"]) == (True, "Fist")
        assert state["movements"] == list(AI_MOVEMENTS)
        assert not client("trajectory", "Index")
        control.wait_for(FIST_V2)

        assert client("end_trajectory")
        control.wait_for(REST)
        assert client("sweep", "vhi.prediction.index") == [True, True, 3]
        assert client("session", False)
        assert not client("state")["session"]
        client("stop")
        control.wait_for(REST)


@needs("2.6.2")
def test_the_client_of_generation_2_refuses_generation_1(hand, tmp_path):
    with hand("v1") as port, client_of("2.6.2", "v2", port, tmp_path) as client:
        with pytest.raises(AssertionError, match="the client ended"):
            client("manifest")
        assert "ValueError" in (tmp_path / "client-v2.log").read_text()
