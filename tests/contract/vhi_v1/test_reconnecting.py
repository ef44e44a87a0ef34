"""Where the stand-in is better than the real hand, on purpose: contract 3.4."""

import gc

import pylsl
import pytest
from emgrig.testing import make_rig, running
from emgrig.vhi.v1 import vhi_pb2

from tests.contract.hand_streams import FIND_S, open_sender


@pytest.mark.parametrize("source_id", ["", "stable"])
def test_a_sender_that_comes_back_is_heard_again(our_hand, predicted, source_id):
    for value in (-0.25, -0.75):
        sender = open_sender("MyoGestic_Output", source_id)
        sender.push_sample([value] * 9)
        predicted.wait_for([value] * 6 + [0] * 3)
        del sender
        gc.collect()

    assert predicted.fresh(10)[:, 0] == pytest.approx(-0.75, abs=1e-6)


@pytest.mark.parametrize(
    "channel_format", [pylsl.cf_double64, pylsl.cf_int8, pylsl.cf_int32, pylsl.cf_int64]
)
def test_a_sender_of_another_number_format_is_understood(our_hand, predicted, channel_format):
    sender = open_sender("MyoGestic_Output", "numbers", channel_format=channel_format)

    sender.push_sample([-1] * 9)
    predicted.wait_for([-1] * 6 + [0] * 3)
    sender.push_sample([0] * 9)
    predicted.wait_for([0] * 9)


def test_a_streamed_pose_is_held_after_its_sender_is_gone(our_hand, control):
    sender = open_sender("MyoGestic_ControlPose", "")
    our_hand.SetControlMode(mode=vhi_pb2.STREAM)
    sender.push_sample([-0.5] * 9)
    control.wait_for([-0.5] * 6 + [0] * 3)

    del sender
    gc.collect()

    values = control.fresh(30)
    assert values[:, :6] == pytest.approx(-0.5, abs=1e-6)


def test_a_port_in_use_is_named_and_the_streams_go_on(our_hand, tmp_path):
    port = int(our_hand.target.partition(":")[2])
    names = {"control_stream": "Second_Control", "predict_stream": "Second_Predict"}
    rig = make_rig(tmp_path, {"virtual-hand": {"grpc_port": port} | names})

    with running("virtual-hand", rig) as second:
        status = second.wait_state("DEGRADED")
        found = pylsl.resolve_byprop("name", "Second_Control", minimum=1, timeout=FIND_S)

    assert f"127.0.0.1:{port}" in status.troubles["grpc_port"]
    assert found
