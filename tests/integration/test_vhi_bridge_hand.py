"""Bridge and virtual hand as processes: cues, session gate, read-backs, restarts."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import ControlMode, HandV1Client, hand_pb2
from emgrig.dsp import FLEXION_NAMES
from emgrig.errors import RequestError
from emgrig.messages import Message
from emgrig.testing import Process, make_rig, running, start, wait_until
from emgrig.transport import Publisher, Source, Subscriber
from emgrig_vhi_bridge.config import VhiBridgeSettings

FIST = [1.0] * 5


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"vhi-bridge": {"filter": "identity"}})


@pytest.fixture
def hand(rig) -> Iterator[Process]:
    process = start("virtual-hand", rig)
    try:
        process.wait_ready()
        yield process
    finally:
        process.kill()


@pytest.fixture
def bridge(rig, hand) -> Iterator[Process]:
    with running("vhi-bridge", rig) as process:
        yield process


@pytest.fixture
def bus(rig, bridge) -> Iterator[Subscriber]:
    source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
    subscriber = Subscriber([source], ["chunk/", "event/"], keep="all")
    receive(subscriber, lambda m: m.topic == "chunk/vhi_control")
    receive(subscriber, lambda m: m.topic == "chunk/vhi_predict")
    yield subscriber
    subscriber.close()


def receive(subscriber: Subscriber, is_wanted: Callable[[Message], bool]) -> Message:
    """Return the first message that is wanted; no more than 1000 others may come before."""
    for _ in range(1000):
        message = subscriber.receive(20)
        assert message is not None, "nothing came"
        if is_wanted(message):
            return message
    raise AssertionError("it did not come")


def shows_fist(stream: str) -> Callable[[Message], bool]:
    return lambda m: m.stream == stream and m.data[-1, 2] < -0.95


def call(bridge: Process, method: str, **fields):
    requests = {
        "CueGesture": hand_pb2.CueGestureRequest,
        "SetSession": hand_pb2.SetSessionRequest,
        "GetHand": hand_pb2.GetHandRequest,
        "SetOutput": hand_pb2.SetOutputRequest,
    }
    return bridge.client.call(f"Hand.{method}", requests[method](**fields))


def wait_connected(bridge: Process) -> None:
    wait_until(lambda: call(bridge, "GetHand").connected, 20)


def test_cue_is_shown_pushed_and_told_on_the_bus(bridge, bus):
    wait_connected(bridge)
    cues = pylsl.StreamInlet(
        pylsl.resolve_byprop("name", "EMG_Control", 1, 10)[0], recover=False, as_numpy=True
    )
    cues.open_stream(10)
    before = pylsl.local_clock()

    reply = call(bridge, "CueGesture", name="Fist")

    assert (reply.applied, reply.class_index, reply.message) == (True, 1, "")
    event = receive(bus, lambda m: m.topic == "event/cue")
    assert event.fields["name"] == "Fist"
    assert event.fields["class_index"] == 1
    assert before < event.fields["t"] == reply.t < pylsl.local_clock()
    sample, stamp = cues.pull_sample(5)
    assert (sample.tolist(), stamp) == ([1.0], reply.t)
    chunk = receive(bus, shows_fist("vhi_control"))
    assert chunk.t_last > reply.t
    assert chunk.fields["channel_names"][2] == "IndexFlexion"


def test_rest_brings_what_was_cued_to_rest_and_labels_it(bridge, bus):
    wait_connected(bridge)
    call(bridge, "CueGesture", name="Fist")
    receive(bus, shows_fist("vhi_control"))

    call(bridge, "SetOutput", enabled=False)

    event = receive(bus, lambda m: m.topic == "event/cue" and m.fields["name"] == "Rest")
    chunk = receive(bus, lambda m: m.stream == "vhi_control" and m.data[-1, 2] > -0.05)
    assert chunk.t_last > event.fields["t"]


def test_readback_chunks_continue_one_another(bus):
    first = receive(bus, lambda m: m.topic == "chunk/vhi_predict")
    second = receive(bus, lambda m: m.topic == "chunk/vhi_predict")

    assert first.data.dtype == np.float32
    assert first.data.shape[1] == 9
    assert first.fs == 60.0
    assert second.sample_index == first.sample_index + len(first.data)
    assert second.t_first > first.t_last
    assert len(first.timestamps) == len(first.data)


@pytest.mark.parametrize("name", ["Handstand", "fist", ""])
def test_unknown_gesture_is_refused_with_what_there_is(bridge, name):
    with pytest.raises(RequestError, match=r"'Rest', 'Fist'"):
        call(bridge, "CueGesture", name=name)


def test_status_shows_both_hands(bridge, bus):
    wait_connected(bridge)
    call(bridge, "CueGesture", name="Fist")
    receive(bus, shows_fist("vhi_control"))

    status = call(bridge, "GetHand")

    assert (status.protocol, status.movement, status.state) == ("v1", "Fist", "frozen")
    assert {"Rest", "Fist"} <= set(status.movements)
    assert status.control_pose[2] == pytest.approx(-1, abs=1e-3)
    assert len(status.predict_pose) == 9
    assert (status.output_enabled, status.filter.kind) == (True, "identity")


def test_hand_that_restarts_is_found_again_and_told_again(rig, hand, bridge, bus):
    """Session gate and cue belong to the rig: a new hand must not be out of step with it."""
    wait_connected(bridge)
    assert call(bridge, "SetSession", active=True).session_active
    call(bridge, "CueGesture", name="Fist")
    receive(bus, shows_fist("vhi_control"))

    hand.kill()
    wait_until(lambda: {"hand", "vhi_control"} <= set(bridge.status().troubles), 20)
    again = start("virtual-hand", rig)
    try:
        receive(bus, shows_fist("vhi_control"))
        wait_until(lambda: call(bridge, "GetHand").session_active, 20)
        wait_until(lambda: not {"hand", "vhi_control"} & set(bridge.status().troubles), 20)
    finally:
        again.kill()


def test_the_keyboard_that_another_client_locks_after_our_take_stays_locked(rig, bridge):
    wait_connected(bridge)
    assert call(bridge, "SetSession", active=True).session_active
    assert not call(bridge, "SetSession", active=False).session_active

    other = HandV1Client("127.0.0.1", rig.settings("vhi-bridge", VhiBridgeSettings).hand_port)
    other.set_session_active(True)
    wait_until(lambda: call(bridge, "GetHand").session_active, 5)
    threading.Event().wait(2.5)  # two looks at the hand

    assert other.get_state().session_active
    assert call(bridge, "GetHand").session_active
    other.close()


def test_a_predicted_class_moves_the_hand_though_a_cue_of_its_name_failed(rig, bridge):
    wait_connected(bridge)
    other = HandV1Client("127.0.0.1", rig.settings("vhi-bridge", VhiBridgeSettings).hand_port)
    other.set_control_mode(ControlMode.IDLE)
    wait_until(lambda: len(call(bridge, "GetHand").control_pose) == 9, 20)
    assert not call(bridge, "CueGesture", name="Fist").applied
    other.set_control_mode(ControlMode.MOVEMENT)
    other.close()

    fields: dict[str, Any] = {"model_id": "m1", "targets": ["Rest", "Fist"]}
    fields |= {"class": "Fist", "class_index": 1}
    publisher = Publisher(rig.endpoints("predictor"), "predictor")

    def is_fist() -> bool:
        t = pylsl.local_clock()
        probabilities = np.array([0.1, 0.9], np.float32)
        publisher.send("prediction/gesture", probabilities, t_first=t, t_last=t, fields=fields)
        return call(bridge, "GetHand").control_pose[2] < -0.95

    try:
        wait_until(is_fist, 10)
    finally:
        publisher.close()


def test_hand_survives_a_restart_of_the_bridge(rig, hand):
    """The pose stream's source id is what the hand recovers it by."""
    publisher = Publisher(rig.endpoints("predictor"), "predictor")
    try:
        for _ in range(2):
            with running("vhi-bridge", rig):
                follow_fist(rig, publisher)
    finally:
        publisher.close()


def follow_fist(rig: Rig, publisher: Publisher) -> None:
    """Predict a fist until the predicted hand shows it."""
    source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
    bus = Subscriber([source], ["chunk/vhi_predict"], keep="latest")

    def is_fist() -> bool:
        t = pylsl.local_clock()
        publisher.send(
            "prediction/hand",
            np.asarray(FIST, np.float32),
            t_first=t,
            t_last=t,
            fields={"model_id": "m1", "targets": list(FLEXION_NAMES)},
        )
        message = bus.receive(0.05)
        return message is not None and shows_fist("vhi_predict")(message)

    try:
        wait_until(is_fist, 25)
    finally:
        bus.close()
