"""A stand-in of its own, just started: contract 1.1, 1.5, 2.2, 2.5, 2.6, 3.5 and 4.3."""

import socket
from contextlib import contextmanager

import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running, start, wait_until
from emgrig.vhi.v1 import vhi_pb2
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import FIND_S, TARGET, open_readback, open_sender
from tests.contract.vhi_v1.conftest import START, Hand
from tests.vhi_poses import POSES

pytestmark = pytest.mark.skipif(bool(TARGET), reason="another hand is not ours to start")

STREAMS = {
    "control_stream": "Fresh_Control",
    "predict_stream": "Fresh_Predict",
    "output_stream": "Fresh_Output",
    "control_pose_stream": "Fresh_ControlPose",
}


@pytest.fixture
def rig(tmp_path):
    return make_rig(tmp_path, {"virtual-hand": STREAMS})


@contextmanager
def hand_of(rig):
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig) as process:
        hand = Hand(f"127.0.0.1:{port}", rig.path.parent, process)
        yield hand
        hand.close()


@pytest.fixture
def fresh_hand(rig):
    with hand_of(rig) as hand:
        yield hand


def test_it_waits_at_rest_until_it_is_told_something(fresh_hand):
    control, predicted = open_readback("Fresh_Control"), open_readback("Fresh_Predict")

    assert fresh_hand.GetState() == START
    assert np.abs(control.fresh(5)).max() < 1e-14
    assert np.abs(predicted.fresh(5)).max() < 1e-14


def test_freezing_a_hand_that_never_moved_shows_rest(fresh_hand):
    control = open_readback("Fresh_Control")

    assert fresh_hand.Freeze(frozen=True).current_state == "frozen"

    assert not control.fresh(5).any()


def test_entering_stream_before_any_pose_came_leaves_the_hand(fresh_hand):
    control = open_readback("Fresh_Control")
    fresh_hand.SetMovement(movement_name="Fist")
    fresh_hand.SetControlMode(mode=vhi_pb2.STREAM)

    control.wait_for(POSES["Fist"])
    assert np.allclose(control.fresh(30), POSES["Fist"], rtol=0, atol=1e-6)


def test_a_loop_takes_6_s_and_smoothing_is_off_at_a_speed_of_5(fresh_hand):
    control, predicted = open_readback("Fresh_Control"), open_readback("Fresh_Predict")
    output = open_sender("Fresh_Output", "fresh")
    output.push_sample([0, 0, -0.5, 0, 0, 0, 0, 0, 0])
    predicted.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])

    fresh_hand.SetSmoothing(enabled=True, smoothing_speed=0)
    output.push_sample([0, 0, -1, 0, 0, 0, 0, 0, 0])
    control.inlet.flush()
    fresh_hand.SetMovement(movement_name="Index", cycle=True)
    values = -control.next(520)[0][:, 2]

    is_full = values > 1 - 1e-6
    first = int(np.argmax(is_full))
    held = int(np.argmin(is_full[first:]))
    again = int(np.argmax(is_full[first + held :])) + held
    # A frame of slack per phase, and what a busy computer makes late.
    assert (held, again) == (pytest.approx(60, abs=4), pytest.approx(360, abs=10))
    shares = (predicted.fresh(1)[0, 2] + 0.5) / (-0.5 * 5 / 60)
    assert shares > 0.9
    assert shares == pytest.approx(round(shares), abs=1e-3)


def test_nothing_that_was_set_outlives_the_hand(rig):
    with hand_of(rig) as hand:
        hand.SetSpeed(frequency_hz=20, hold_time_s=0, rest_time_s=0)
        hand.SetMovement(movement_name="Index", cycle=True)
        hand.SetSessionActive(active=True)
        hand.SetSmoothing(enabled=True, smoothing_speed=1)
        hand.SetControlMode(mode=vhi_pb2.IDLE)

    with hand_of(rig) as hand:
        assert hand.GetState() == START
        hand.SetMovement(movement_name="Index", cycle=True)
        control = open_readback("Fresh_Control")
        # Two seconds of closing, not a twentieth.
        assert np.diff(control.next(30)[0][:, 2]).min() > -0.2


def test_the_outlets_are_there_before_the_port_opens(rig):
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    process = start("virtual-hand", rig)

    def is_open():
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(is_open, 30.0)
        opened = pylsl.local_clock()
        hand = Hand(f"127.0.0.1:{port}")
        # The first command finds the whole hand.
        assert hand.GetState() == START
        hand.close()
        for name in ("Fresh_Control", "Fresh_Predict"):
            (info,) = pylsl.resolve_byprop("name", name, minimum=1, timeout=FIND_S)
            assert info.created_at() < opened
    finally:
        process.wait_ready()
        process.stop()


def test_movements_that_are_there_win_at_the_start(rig):
    (rig.path.parent / "movements.toml").write_text("[movements.Mine]\n[movements.Pistol]\n")

    with hand_of(rig) as hand:
        state = hand.GetState()

    assert list(state.available_movements) == ["Mine"]
    assert state.current_movement == "Mine"


@pytest.mark.parametrize("content", [b"[movements.Half", b"", b"[movements]", b"\xff\xfe"])
def test_the_stock_movements_stand_in_for_a_file_that_is_no_use_at_the_start(rig, content):
    (rig.path.parent / "movements.toml").write_bytes(content)

    with hand_of(rig) as hand:
        assert hand.GetState() == START
        control = open_readback("Fresh_Control")
        hand.SetMovement(movement_name="Fist")
        control.wait_for(POSES["Fist"])


def test_a_second_hand_publishes_the_same_source_ids(fresh_hand):
    found = [
        pylsl.resolve_byprop("name", name, 1, FIND_S)[0] for name in list(STREAMS.values())[:2]
    ]

    assert [info.source_id() for info in found] == ["control_hand_001", "predicted_hand_001"]
