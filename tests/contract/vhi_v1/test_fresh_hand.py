"""A stand-in of its own, just started, as deaf as the real hand: contract 2.5 and 3.4."""

import gc
import time
from functools import partial

import pylsl
import pytest
from emgrig.testing import make_rig, running
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import FIND_S, TARGET, open_readback
from tests.contract.vhi_v1.conftest import Hand
from tests.deadlines import SLOWDOWN

pytestmark = pytest.mark.skipif(bool(TARGET), reason="another hand is not ours to start")

STREAMS = {
    "control_stream": "Fresh_Control",
    "predict_stream": "Fresh_Predict",
    "output_stream": "Fresh_Output",
    "control_pose_stream": "Fresh_ControlPose",
}


@pytest.fixture(scope="module")
def fresh_hand(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fresh")
    rig = make_rig(folder, {"virtual-hand": STREAMS})
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig, ["--faithful-reconnect"]) as process:
        hand = Hand(f"127.0.0.1:{port}", folder, process)
        yield hand
        hand.close()


def publish(name):
    # Without a source id, as the real client of generation 1.
    info = pylsl.StreamInfo(name, "Control", 9, 32.0, pylsl.cf_float32, "")
    return pylsl.StreamOutlet(info)


def test_freezing_a_hand_that_never_moved_shows_rest(fresh_hand):
    control = open_readback("Fresh_Control")

    assert fresh_hand.Freeze(frozen=True).current_state == "frozen"

    assert not control.fresh(5).any()


def test_a_faithful_hand_finds_a_stream_within_6_s_and_is_deaf_to_the_next(fresh_hand):
    began = time.monotonic()
    first = publish("Fresh_Output")
    assert first.wait_for_consumers(FIND_S)
    # A second for a busy computer.
    assert time.monotonic() - began < 7 * SLOWDOWN
    # Seen from the sender the hand listens before the hand itself has taken the stream.
    predicted = open_readback("Fresh_Predict")
    pose = [-0.5] * 6 + [0.0] * 3
    predicted.wait_for(pose, each=partial(first.push_sample, pose))

    del first
    gc.collect()
    second, other = publish("Fresh_Output"), publish("Fresh_ControlPose")
    # Both streams are looked for at once: when one was found, the other would have been.
    assert other.wait_for_consumers(FIND_S)

    assert not second.have_consumers()
