"""Hands of generation 2 that do not fit, and a map that does."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import (
    Capability,
    ControlKind,
    ControlManifest,
    ControlMode,
    HandServer,
    HandV1Client,
    serve_hand_v2,
)
from emgrig.testing import make_rig, running, wait_until
from emgrig.transport import Publisher, Source, Subscriber
from emgrig_vhi_bridge.config import VhiBridgeSettings

from tests.contract.hand_streams import open_readback
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


@contextmanager
def foreign_hand(rig: Rig, **versions: str) -> Iterator[HandServer]:
    """A hand of generation 2 with another manifest, which refuses every other call."""
    manifest = ControlManifest(
        target_name="another hand",
        capabilities=(
            Capability(address="other.index", kind=ControlKind.CONTINUOUS, lo=-1.0, hi=1.0),
        ),
        **{"vocabulary_version": "2", "target_version": "2.1.0"} | versions,
    )
    port = rig.settings("vhi-bridge", VhiBridgeSettings).hand_port
    server = serve_hand_v2(lambda command: manifest, "127.0.0.1", port)
    yield server
    server.close()


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ({"vocabulary_version": "1.9"}, "vocabulary"),
        ({"target_version": "2.0.0"}, "2.1.0"),
        ({}, "thumb: vhi.prediction.thumb.flexion is unknown: use one of other.index"),
    ],
    ids=["vocabulary", "build", "map"],
)
def test_a_hand_that_does_not_fit_is_refused_in_words_and_not_driven(tmp_path, versions, words):
    rig = make_rig(tmp_path)
    with foreign_hand(rig, **versions), running("vhi-bridge", rig) as bridge:
        wait_until(lambda: words in bridge.status().troubles.get("hand", ""), 20)
        now = status(bridge)

        assert not now.connected
        assert not {n for n in stream_names() if n.startswith("vhi.") or n == "MyoGestic_Output"}


def test_a_map_of_the_rig_is_followed_with_its_weights(tmp_path):
    entry = {"address": "vhi.control.pose.ring", "weight": -0.5}
    rig = make_rig(tmp_path, {"vhi-bridge": {"filter": "identity", "map": {"index": entry}}})
    with hand(rig, V2), running("vhi-bridge", rig) as bridge, opened(rig) as predictor:
        source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
        bus = Subscriber([source], ["chunk/"], keep="all")
        wait_connected(bridge, "v2")
        wait_for(
            bus, "vhi_control", [0, 0, 0, 0, -0.5, 0, 0, 0, 0], lambda: predict(predictor, FIST)
        )
        assert not cue(bridge, "Fist").applied
        bus.close()


def test_the_control_hand_of_generation_1_may_follow_instead(tmp_path):
    rig = make_rig(tmp_path, {"vhi-bridge": {"filter": "identity", "drives": "control"}})
    port = rig.settings("vhi-bridge", VhiBridgeSettings).hand_port
    client = HandV1Client("127.0.0.1", port)
    with hand(rig), opened(rig) as predictor:
        with running("vhi-bridge", rig) as bridge:
            source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
            bus = Subscriber([source], ["chunk/"], keep="all")
            wait_connected(bridge, "v1")
            wait_for(
                bus,
                "vhi_control",
                [-1, 0, -1, -1, -1, -1, 0, 0, 0],
                lambda: predict(predictor, FIST),
            )
            assert client.get_state().control_mode is ControlMode.STREAM
            refused = cue(bridge, "Fist")
            assert (refused.applied, "MOVEMENT" in refused.message) == (False, True)
            bus.close()
            shown = open_readback("VHI_Control")
            shown.wait_for([-1, 0, -1, -1, -1, -1, 0, 0, 0], each=lambda: predict(predictor, FIST))
        index = np.array(shown.inlet.pull_chunk(1.0, 1024)[0])[:, 2]
        shown.inlet.close_stream()
        is_between = (index > -0.9) & (index < -0.1)
        assert is_between.sum() >= 3, "the hand comes to rest by a ramp before it is given back"
        assert client.get_state().control_mode is ControlMode.MOVEMENT
    client.close()


@contextmanager
def opened(rig: Rig) -> Iterator[Publisher]:
    publisher = Publisher(rig.endpoints("predictor"), "predictor")
    yield publisher
    publisher.close()
