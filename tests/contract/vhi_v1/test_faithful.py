"""A stand-in that is as deaf as the real hand where a sender fails: contract 3.4."""

import gc
import time

import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running, wait_until

from tests.contract.hand_streams import FIND_S, TARGET, open_readback
from tests.deadlines import SLOWDOWN

pytestmark = pytest.mark.skipif(bool(TARGET), reason="another hand is not ours to start")

STREAMS = {
    "control_stream": "Faithful_Control",
    "predict_stream": "Faithful_Predict",
    "output_stream": "Faithful_Output",
    "control_pose_stream": "Faithful_ControlPose",
}


@pytest.fixture
def process(tmp_path):
    rig = make_rig(tmp_path, {"virtual-hand": STREAMS})
    with running("virtual-hand", rig, ["--faithful-reconnect"]) as process:
        yield process


@pytest.fixture
def predicted(process):
    return open_readback("Faithful_Predict")


def publish(name, source_id="", n_channels=9):
    info = pylsl.StreamInfo(name, "Control", n_channels, 32.0, pylsl.cf_float32, source_id)
    return pylsl.StreamOutlet(info)


def show_and_go(value, predicted, source_id):
    """Publish, and leave the network as soon as the hand shows what was sent."""
    sender = publish("Faithful_Output", source_id)
    assert sender.wait_for_consumers(FIND_S)
    predicted.wait_for([value] * 6 + [0] * 3, each=lambda: sender.push_sample([value] * 9))


def test_it_finds_a_stream_within_6_s_and_is_deaf_to_the_next(predicted):
    began = time.monotonic()
    # Without a source id, as the real client of generation 1.
    show_and_go(-0.5, predicted, "")
    # A second for a busy computer.
    assert time.monotonic() - began < 7 * SLOWDOWN

    gc.collect()
    second, other = publish("Faithful_Output"), publish("Faithful_ControlPose")
    # Both streams are looked for at once: when one was found, the other would have been.
    assert other.wait_for_consumers(FIND_S)

    assert not second.have_consumers()
    assert np.allclose(predicted.fresh(5)[:, :6], -0.5, atol=1e-6)


def test_a_sender_with_a_source_id_is_heard_again_and_its_pose_is_held_meanwhile(predicted):
    for value in (-0.25, -0.75):
        show_and_go(value, predicted, "stable")
        gc.collect()

        assert np.allclose(predicted.fresh(60)[:, :6], value, atol=1e-6)


def test_a_sender_of_another_width_moves_nothing_and_blocks_the_name(process, predicted):
    wide = publish("Faithful_Output", "wide", n_channels=8)
    assert wide.wait_for_consumers(FIND_S)
    wide.push_sample([-1.0] * 8)
    # One error per frame.
    wait_until(lambda: process.status().counters.get("stream_errors", 0) > 60, 10.0)
    good, other = publish("Faithful_Output", "good"), publish("Faithful_ControlPose")
    assert other.wait_for_consumers(FIND_S)

    assert not good.have_consumers()
    assert not predicted.fresh(30).any()
