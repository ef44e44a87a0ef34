"""The bridge as a process, without a hand: what it puts on LSL and on the bus."""

import math
import secrets
import time
from collections.abc import Iterator

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import hand_pb2
from emgrig.dsp import FLEXION_NAMES
from emgrig.errors import RequestError
from emgrig.messages import Message
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig.transport import Publisher, Source, Subscriber

FIST = [1.0] * 5


@pytest.fixture
def rig(tmp_path) -> Rig:
    tag = secrets.token_hex(4)
    names = {
        key: f"{key}-{tag}"
        for key in ("pose_stream", "cue_stream", "control_readback", "predict_readback")
    }
    return make_rig(tmp_path, {"vhi-bridge": names | {"filter": "identity"}})


@pytest.fixture
def bridge(rig, predictor) -> Iterator[Process]:
    with running("vhi-bridge", rig) as process:
        assert predictor.wait_for_subscriber("prediction/hand", 10)
        yield process


@pytest.fixture
def poses(rig, bridge) -> Iterator[Subscriber]:
    source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
    subscriber = Subscriber([source], ["pose/hand"], keep="all")
    assert receive(subscriber).fields["reason"] == "rest"
    yield subscriber
    subscriber.close()


def receive(subscriber: Subscriber, timeout_s: float = 5.0) -> Message:
    message = subscriber.receive(timeout_s)
    assert message is not None, "nothing came"
    return message


def receive_reason(subscriber: Subscriber, reason: str) -> Message:
    while True:
        message = receive(subscriber)
        if message.fields["reason"] == reason:
            return message


def predict(publisher: Publisher, values: list[float], age_s: float = 0.0) -> None:
    t = pylsl.local_clock() - age_s
    publisher.send(
        "prediction/hand",
        np.asarray(values, np.float32),
        t_first=t - 0.2,
        t_last=t,
        fields={"model_id": "m1", "targets": list(FLEXION_NAMES)},
    )


def open_inlet(name: str) -> pylsl.StreamInlet:
    found = pylsl.resolve_byprop("name", name, 1, 10)
    assert found, f"no stream named {name}"
    inlet = pylsl.StreamInlet(found[0], recover=False, as_numpy=True)
    inlet.open_stream(10)
    return inlet


def pull_while(inlet: pylsl.StreamInlet, is_wanted, timeout_s: float = 5.0) -> list[np.ndarray]:
    """Pull samples until one is not wanted any more; return them, that one included."""
    samples: list[np.ndarray] = []
    deadline = time.monotonic() + timeout_s
    while not samples or is_wanted(samples[-1]):
        sample, _ = inlet.pull_sample(max(0.0, deadline - time.monotonic()))
        assert sample is not None, f"still waiting after {samples[-3:]}"
        samples.append(sample)
    return samples


def refused(bridge: Process) -> dict[str, float]:
    ledger = bridge.status().ledger
    if "prediction/hand" not in ledger:
        return {}
    return dict(ledger["prediction/hand"]["refused"])


def test_prediction_is_on_lsl_and_on_the_bus_at_once(rig, predictor, bridge, poses):
    inlet = open_inlet(rig.tables["vhi-bridge"]["pose_stream"])

    predict(predictor, [0.1, 0.2, 0.3, 0.4, 0.5])
    samples = pull_while(inlet, lambda sample: not sample.any())
    message = receive_reason(poses, "prediction")

    expected = np.array([-0.1, 0, -0.2, -0.3, -0.4, -0.5, 0, 0, 0], np.float32)
    np.testing.assert_array_equal(samples[-1], expected)
    np.testing.assert_array_equal(message.data, expected)
    assert [hop.process for hop in message.trace] == ["predictor", "vhi-bridge"]
    assert message.fields["model_id"] == "m1"
    assert 0 < message.fields["t_pushed"] - message.t_last < 0.25


def test_pose_stream_can_be_found_again_after_a_restart(rig, bridge):
    """A hand recovers a stream by its source id, so that must be there and stay."""
    info = pylsl.resolve_byprop("name", rig.tables["vhi-bridge"]["pose_stream"], 1, 10)[0]

    assert info.source_id() == "emgrig:emgrig:pose"
    assert (info.type(), info.channel_count(), info.nominal_srate()) == ("Control", 9, 32.0)
    assert info.channel_format() == pylsl.cf_float32


def test_hand_rests_within_a_second_of_the_last_prediction(predictor, poses):
    predict(predictor, FIST)
    last = receive_reason(poses, "prediction")

    message = receive_reason(poses, "rest")
    ramp = [message.data[0]]
    while message.data.any():
        message = receive(poses)
        ramp.append(message.data[0])

    assert message.fields["t_pushed"] - last.fields["t_pushed"] < 1.0
    assert np.all(np.diff(ramp) > 0)
    assert len(ramp) > 8


def test_non_finite_prediction_never_reaches_the_hand(predictor, bridge, poses):
    predict(predictor, FIST)
    receive_reason(poses, "prediction")

    predict(predictor, [math.nan, 0, 0, 0, 0])
    message = receive(poses)
    while message.data.any():
        assert np.isfinite(message.data).all()
        assert message.fields["reason"] in ("resend", "rest")
        message = receive(poses)

    wait_until(lambda: refused(bridge) == {"non_finite": 1.0}, 5)
    assert "finite" in bridge.wait_state("DEGRADED").troubles["predictions"]


def test_prediction_from_old_data_is_refused(predictor, bridge, poses):
    predict(predictor, FIST, age_s=0.6)

    wait_until(lambda: refused(bridge) == {"stale": 1.0}, 5)
    assert not any(receive(poses).data.any() for _ in range(5))


def test_operator_s_stop_sends_the_hand_to_rest_and_keeps_it_there(predictor, bridge, poses):
    predict(predictor, FIST)
    receive_reason(poses, "prediction")

    status = bridge.client.call("Hand.SetOutput", hand_pb2.SetOutputRequest(enabled=False))
    message = receive_reason(poses, "rest")
    while message.data.any():
        predict(predictor, FIST)
        message = receive(poses)
        assert message.fields["reason"] == "rest"

    assert not status.output_enabled
    bridge.client.call("Hand.SetOutput", hand_pb2.SetOutputRequest(enabled=True))
    predict(predictor, FIST)
    assert receive_reason(poses, "prediction").data.min() == -1


def test_filter_is_tuned_live_and_its_ranges_are_kept(predictor, bridge, poses):
    status = bridge.client.call("Hand.SetFilter", hand_pb2.OutputFilter(kind="gaussian", window=2))
    assert (status.filter.kind, status.filter.window, status.filter.sigma) == ("gaussian", 2, 1.0)

    with pytest.raises(RequestError, match="window"):
        bridge.client.call("Hand.SetFilter", hand_pb2.OutputFilter(window=31))

    predict(predictor, [0.0] * 5)
    receive_reason(poses, "prediction")
    predict(predictor, FIST)
    older = math.exp(-0.5)
    smooth = receive_reason(poses, "prediction").data[0]
    assert smooth == pytest.approx(-1 / (1 + older), abs=1e-6)


def test_absent_hand_is_told_and_stops_nothing(rig, predictor, bridge, poses):
    status = bridge.wait_state("DEGRADED")
    wait_until(lambda: {"hand", "vhi_control", "vhi_predict"} <= set(bridge.status().troubles), 10)

    cue = bridge.client.call("Hand.CueGesture", hand_pb2.CueGestureRequest(name="Fist"))
    predict(predictor, FIST)

    assert status.pid == bridge.popen.pid
    assert (cue.applied, cue.class_index) == (False, 1)
    assert str(rig.tables["vhi-bridge"]["hand_port"]) in cue.message
    assert receive_reason(poses, "prediction").data.min() == -1
    assert bridge.client.call("Hand.GetHand", hand_pb2.GetHandRequest()).command_errors > 0


def test_stop_brings_the_hand_to_rest_before_the_outlet_goes(rig, predictor, bridge, poses):
    inlet = open_inlet(rig.tables["vhi-bridge"]["pose_stream"])
    predict(predictor, FIST)
    pull_while(inlet, lambda sample: sample.min() > -1)

    bridge.popen.terminate()
    samples = pull_while(inlet, lambda sample: sample.any())

    assert len(samples) > 8
    with pytest.raises(pylsl.util.LostError):
        pull_while(inlet, lambda sample: not sample.any())
    assert bridge.stop() == 0
