"""Where the stand-in is better than the real hand, on purpose: contract 3.4."""

import gc

import pylsl
import pytest
from emgrig.testing import make_rig, running, wait_until
from emgrig_virtual_hand.streams import PoseInlet

from tests.contract.vhi_v1.conftest import FIND_S, open_sender


@pytest.mark.parametrize("source_id", ["", "stable"])
def test_a_sender_that_comes_back_is_heard_again(our_hand, predicted, source_id):
    for value in (-0.25, -0.75):
        sender = open_sender("MyoGestic_Output", source_id)
        sender.push_sample([value] * 9)
        predicted.wait_for([value] * 6 + [0] * 3)
        del sender
        gc.collect()

    assert predicted.fresh(10)[:, 0] == pytest.approx(-0.75, abs=1e-6)


def test_a_sender_of_doubles_is_understood(our_hand, predicted):
    sender = open_sender("MyoGestic_Output", "doubles", channel_format=pylsl.cf_double64)

    sender.push_sample([-0.125] * 9)

    predicted.wait_for([-0.125] * 6 + [0] * 3)


@pytest.mark.parametrize(("n_channels", "kind"), [(8, pylsl.cf_float32), (9, pylsl.cf_string)])
def test_a_sender_of_the_wrong_shape_is_refused_with_words(n_channels, kind):
    outlet, found = publish("Wrong_Shape", n_channels, kind)
    inlet = PoseInlet("Wrong_Shape")

    problem = inlet.attach(found)

    assert problem.startswith("expected 9 numeric channels on Wrong_Shape")
    assert not inlet.is_attached
    del outlet


def test_a_faithful_inlet_is_blocked_by_the_wrong_width_like_the_real_hand():
    outlet, found = publish("Blocking", 8, pylsl.cf_float32)
    inlet = PoseInlet("Blocking", faithful=True)

    assert inlet.attach(found) == ""

    assert [inlet.newest() for _ in range(3)] == [None] * 3
    assert (inlet.is_attached, inlet.errors) == (True, 3)
    del outlet


def test_a_faithful_inlet_is_deaf_to_everyone_but_its_first_sender():
    first, found = publish("Faithful", 9, pylsl.cf_float32, "first")
    inlet = PoseInlet("Faithful", faithful=True)
    inlet.attach(found)
    wait_until(lambda: received(inlet, first), 5.0)
    first = found = None
    gc.collect()
    # It was sent more than once until it arrived.
    while inlet.newest() is not None:
        pass

    second, _ = publish("Faithful", 9, pylsl.cf_float32, "second")

    assert not second.wait_for_consumers(2.0)
    assert inlet.newest() is None
    assert inlet.is_attached


def publish(name, n_channels, channel_format, source_id=""):
    info = pylsl.StreamInfo(name, "Control", n_channels, 32, channel_format, source_id)
    outlet = pylsl.StreamOutlet(info)
    found = pylsl.resolve_byprop("name", name, minimum=1, timeout=FIND_S)
    assert found
    return outlet, found


def received(inlet, outlet):
    outlet.push_sample([0.5] * 9)
    return inlet.newest() is not None


def test_a_port_in_use_is_named_and_the_streams_go_on(our_hand, tmp_path):
    port = int(our_hand.target.partition(":")[2])
    names = {"control_stream": "Second_Control", "predict_stream": "Second_Predict"}
    rig = make_rig(tmp_path, {"virtual-hand": {"grpc_port": port} | names})

    with running("virtual-hand", rig) as second:
        status = second.wait_state("DEGRADED")
        found = pylsl.resolve_byprop("name", "Second_Control", minimum=1, timeout=FIND_S)

    assert f"127.0.0.1:{port}" in status.troubles["grpc_port"]
    assert found
