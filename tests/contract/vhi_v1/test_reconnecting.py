"""Where the stand-in is better than the real hand, on purpose: contract 3.4."""

import gc

import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running
from emgrig.vhi.v1 import vhi_pb2

from tests.contract.hand_streams import FIND_S, foreign_sender, open_sender


@pytest.mark.parametrize("source_id", ["", "stable"])
def test_a_sender_that_comes_back_is_heard_again(our_hand, predicted, source_id):
    for value in (-0.25, -0.75):
        sender = open_sender("MyoGestic_Output", source_id)
        sender.push_sample([value] * 9)
        predicted.wait_for([value] * 6 + [0] * 3)
        del sender
        gc.collect()
        # Meanwhile the pose is held.
        assert predicted.fresh(60)[:, 0] == pytest.approx(value, abs=1e-6)

    assert predicted.fresh(10)[:, 0] == pytest.approx(-0.75, abs=1e-6)


@pytest.mark.parametrize(
    "channel_format",
    [pylsl.cf_double64, pylsl.cf_int8, pylsl.cf_int16, pylsl.cf_int32, pylsl.cf_int64],
)
def test_a_sender_of_another_number_format_is_understood(our_hand, predicted, channel_format):
    sender = open_sender("MyoGestic_Output", "numbers", channel_format=channel_format)

    sender.push_sample([-1] * 9)
    predicted.wait_for([-1] * 6 + [0] * 3)
    sender.push_sample([0] * 9)
    predicted.wait_for([0] * 9)


def test_type_and_rate_of_a_sender_do_not_matter(our_hand, predicted):
    info = pylsl.StreamInfo("MyoGestic_Output", "EEG", 9, 0.0, pylsl.cf_float32, "irregular")
    sender = pylsl.StreamOutlet(info)
    assert sender.wait_for_consumers(FIND_S)

    sender.push_sample([-0.5] * 9)

    predicted.wait_for([-0.5] * 6 + [0] * 3)


def test_a_sender_of_another_casing_width_or_session_is_not_heard(our_hand, predicted, tmp_path):
    before = predicted.fresh(1)[0]
    strangers = [("myogestic_output", 9), ("MyoGestic_Output2", 9), ("MyoGestic_Output", 8)]
    outlets = [
        pylsl.StreamOutlet(pylsl.StreamInfo(name, "Control", n, 32.0, pylsl.cf_float32, name))
        for name, n in strangers
    ]

    with foreign_sender(tmp_path / "other", "MyoGestic_Output", "foreign", value=-1.0):
        for outlet in outlets:
            outlet.push_sample([-1.0] * outlet.channel_count)
        values = predicted.fresh(60 * 4)

    assert not any(outlet.have_consumers() for outlet in outlets)
    assert np.allclose(values, before, atol=1e-6)


def test_of_two_senders_of_one_name_one_is_heard(our_hand, predicted):
    first, second = open_sender("MyoGestic_Output", "a"), None
    first.push_sample([-0.25] * 9)
    predicted.wait_for([-0.25] * 6 + [0] * 3)
    info = pylsl.StreamInfo("MyoGestic_Output", "Control", 9, 32.0, pylsl.cf_float32, "b")
    second = pylsl.StreamOutlet(info)

    predicted.fresh(60 * 3)

    assert (first.have_consumers(), second.have_consumers()) == (True, False)


def test_a_pose_whose_sender_died_long_ago_shows_as_soon_as_stream_begins(our_hand, control):
    sender = open_sender("MyoGestic_ControlPose", "")
    sender.push_sample([-0.125] * 9)
    control.fresh(10)
    del sender
    gc.collect()
    control.fresh(60)

    our_hand.SetControlMode(mode=vhi_pb2.STREAM)

    control.wait_for([-0.125] * 6 + [0] * 3)


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
