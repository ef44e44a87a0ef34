"""The bridge finds out which generation of hand is there, and drives that one only."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import HandV2Client, hand_pb2
from emgrig.errors import PeerError
from emgrig.messages import Message
from emgrig.recording import open_session
from emgrig.testing import Process, make_rig, running, start, wait_until
from emgrig.transport import Source, Subscriber
from emgrig_vhi_bridge.config import VhiBridgeSettings

from tests.integration.bridge_and_hand import (
    FIST,
    V2,
    cue,
    hand,
    predict,
    status,
    stream_names,
    wait_connected,
    wait_for,
)
from tests.integration.operator_commands import document_of

FINGERS = (0, 2, 3, 4, 5)


@pytest.fixture
def rig(tmp_path) -> Rig:
    rig = {"classes": ["Rest", "Fist", "Index"]}
    return make_rig(tmp_path, {"rig": rig, "vhi-bridge": {"filter": "identity"}})


@pytest.fixture
def bridge(rig) -> Iterator[Process]:
    with running("vhi-bridge", rig) as process:
        yield process


@pytest.fixture
def bus(rig, bridge) -> Iterator[Subscriber]:
    source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
    subscriber = Subscriber([source], ["chunk/", "pose/"], keep="all")
    yield subscriber
    subscriber.close()


def test_the_second_generation_is_found_cued_and_read_back(rig, bridge, bus):
    with hand(rig, V2):
        wait_connected(bridge, "v2")
        reply = cue(bridge, "Fist")

        assert (reply.applied, reply.message) == (True, "")
        chunk = wait_for(bus, "vhi_control", [1, -1, 1, 1, 1, 1, 0, 0, 0])
        assert chunk.fields["pose_convention"] == "standard"
        now = status(bridge)
        assert (now.movement, now.state) == ("Fist", "frozen")
        assert {"Rest", "Fist"} <= set(now.movements)


def test_a_prediction_closes_the_second_generation_s_fingers(rig, bridge, bus, predictor):
    with hand(rig, V2):
        wait_connected(bridge, "v2")
        wait_for(bus, "vhi_predict", [1, 0, 1, 1, 1, 1, 0, 0, 0], lambda: predict(predictor, FIST))
        pose = bus.receive(5)
        while pose is None or pose.topic != "pose/hand" or pose.fields["reason"] != "prediction":
            predict(predictor, FIST)
            pose = bus.receive(5)

        assert pose.data.tolist() == [1, 0, 1, 1, 1, 1, 0, 0, 0]
        assert pose.fields["pose_convention"] == "standard"


def test_only_the_generation_that_is_there_gets_streams(rig, bridge):
    with hand(rig, V2):
        wait_connected(bridge, "v2")
        wait_until(lambda: "vhi.prediction.index" in stream_names(), 20)
        names = stream_names()
        assert "MyoGestic_Output" not in names
        info = pylsl.resolve_byprop("name", "vhi.prediction.thumb.flexion", 1, 10)[0]
        assert (info.channel_count(), info.nominal_srate(), info.type()) == (1, 32.0, "Control")
        assert info.channel_format() == pylsl.cf_float32
        assert info.source_id() == "myogestic:VHI Hand:vhi.prediction.thumb.flexion"
    with hand(rig):
        wait_connected(bridge, "v1")
        names = stream_names()
        assert "MyoGestic_Output" in names
        assert not {name for name in names if name.startswith("vhi.")}


def test_a_hand_that_comes_back_as_the_other_generation_is_driven_as_such(
    rig, bridge, bus, predictor
):
    with hand(rig):
        wait_connected(bridge, "v1")
        cue(bridge, "Fist")
        chunk = wait_for(bus, "vhi_control", [-1] * 6 + [0] * 3)
        assert "pose_convention" not in chunk.fields
        wait_for(
            bus, "vhi_predict", [-1, 0, -1, -1, -1, -1, 0, 0, 0], lambda: predict(predictor, FIST)
        )
    with hand(rig, V2):
        wait_connected(bridge, "v2")
        # The cue is held: the new hand is told it again.
        wait_for(bus, "vhi_control", [1, -1, 1, 1, 1, 1, 0, 0, 0])
        wait_for(bus, "vhi_predict", [1, 0, 1, 1, 1, 1, 0, 0, 0], lambda: predict(predictor, FIST))


def test_session_gate_and_gesture_are_told_again_and_rested_at_the_end(rig, tmp_path):
    with hand(rig, V2) as first, running("vhi-bridge", rig) as bridge:
        wait_connected(bridge, "v2")
        assert bridge.client.call(
            "Hand.SetSession", hand_pb2.SetSessionRequest(active=True)
        ).session_active
        cue(bridge, "Fist")
        first.kill()
        wait_until(lambda: not status(bridge).connected, 20)
        with hand(rig, V2):
            port = rig.settings("vhi-bridge", VhiBridgeSettings).hand_port
            # What the hand says is proven here, not how soon: others use the processors too.
            client = HandV2Client("127.0.0.1", port, deadline_s=10.0)
            wait_connected(bridge, "v2")
            wait_until(lambda: client.get_recording_state().recording_session_active, 10)
            wait_until(lambda: client.get_recording_state().current_movement == "Fist", 10)
            assert bridge.stop() == 0
            left = client.get_recording_state()
            assert (left.current_movement, left.recording_session_active) == ("Rest", False)
            client.close()


def test_a_killed_bridge_leaves_the_second_generation_at_rest(rig, predictor):
    with hand(rig, V2):
        bridge = start("vhi-bridge", rig)
        try:
            bridge.wait_ready()
            wait_connected(bridge, "v2")
            found = pylsl.resolve_byprop("name", "VHI_Predict", 1, 10)[0]
            inlet = pylsl.StreamInlet(found, recover=False, as_numpy=True)

            def shown() -> np.ndarray:
                inlet.flush()
                return inlet.pull_sample(5)[0]

            def is_fist() -> bool:
                predict(predictor, FIST)
                return bool((shown()[list(FINGERS)] > 0.99).all())

            wait_until(is_fist, 20)
            bridge.kill()

            wait_until(lambda: not shown().any(), 1.5)
        finally:
            bridge.kill()


@pytest.mark.parametrize("arguments", [[], V2], ids=["v1", "v2"])
def test_a_sweep_goes_in_and_out_until_the_next_cue(rig, bridge, bus, arguments):
    closed = -1 if arguments == [] else 1
    with hand(rig, arguments):
        wait_connected(bridge, "v2" if arguments else "v1")
        speed = hand_pb2.HandSpeed(frequency_hz=4.0, hold_s=0.0, rest_s=0.0)
        bridge.client.call("Hand.SetSpeed", speed)

        assert cue(bridge, "Index", sweep=True).applied

        # There and back, twice.
        for position in (closed, 0, closed, 0):
            wait_for(bus, "vhi_control", [0, 0, position, 0, 0, 0, 0, 0, 0], atol=0.1)
        assert status(bridge).speed == speed
        reply = cue(bridge, "Fist")
        assert (reply.applied, reply.message) == (True, "")
        wait_until(lambda: status(bridge).state == "frozen", 5)


def test_recordings_of_the_second_generation_hold_and_sweep_and_say_its_sign(tmp_path):
    tables = {"rig": {"classes": ["Rest", "Index"]}, "recorder": {"sources": ["vhi-bridge"]}}
    rig = make_rig(tmp_path, tables)
    plan = tmp_path / "plan.toml"
    held = 'cues = ["Index"]\nhold_s = 1.0\nrest_s = 0.5\nrepetitions = 1\n'
    fast = "sweep = {close_s = 0.25, hold_s = 0.05, rest_s = 0.05}\n"
    ways = []
    with hand(rig, V2), running("vhi-bridge", rig) as bridge, running("recorder", rig):
        wait_connected(bridge, "v2")
        for words in (held, held + fast):
            plan.write_text(words)
            info = document_of("record", "run", "--protocol", plan, "--config", rig.path)
            with open_session(Path(info["path"])) as session:
                assert session.pose_convention == "standard"
                # Over one period and more of the sweep, whose half is 0.3 s.
                ways.append(int(np.abs(np.diff(session.data("vhi_control")[:, 2] > 0.5)).sum()))

    # Once closed and opened; and in and out again.
    assert ways[0] == 2
    assert ways[1] >= 3


def test_a_hand_that_cannot_be_frozen_says_so_and_smooths(rig, bridge):
    with hand(rig, V2):
        wait_connected(bridge, "v2")
        with pytest.raises(PeerError, match="cannot be frozen"):
            bridge.client.call("Hand.SetFreeze", hand_pb2.SetFreezeRequest(frozen=True))
        smoothing = hand_pb2.HandSmoothing(enabled=True, speed=3.0)
        assert bridge.client.call("Hand.SetSmoothing", smoothing).smoothing == smoothing


def control_poses(bus: Subscriber, *, until: float) -> Iterator[Message]:
    """Give what the control hand shows, the first sample after a time included."""
    while (message := bus.receive(5)) is not None and message.t_last <= until:
        if message.stream == "vhi_control":
            yield message


def test_the_first_generation_freezes_in_its_motion(rig, bridge, bus):
    with hand(rig):
        wait_connected(bridge, "v1")
        bridge.client.call("Hand.SetSpeed", hand_pb2.HandSpeed(frequency_hz=0.2))
        cue(bridge, "Index", sweep=True)
        wait_for(bus, "vhi_control", [0, 0, -0.5, 0, 0, 0, 0, 0, 0], atol=0.1)

        status = bridge.client.call("Hand.SetFreeze", hand_pb2.SetFreezeRequest(frozen=True))

        assert status.state == "frozen"
        frozen_at = pylsl.local_clock()
        still = [m for m in control_poses(bus, until=frozen_at + 0.3) if m.t_first > frozen_at]
        assert len(still) >= 10
        assert np.ptp(np.concatenate([message.data for message in still]), axis=0).max() == 0
        assert -0.7 < still[0].data[0, 2] < -0.3
        stopped = bridge.client.call("Hand.SetFreeze", hand_pb2.SetFreezeRequest(frozen=False))
        assert stopped.state == "waiting"
