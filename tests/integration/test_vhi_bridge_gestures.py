"""A predicted gesture that the hand refuses, or whose bridge dies."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import HandV2Client
from emgrig.testing import make_rig, running, start, wait_until
from emgrig.transport import Publisher
from emgrig_vhi_bridge.config import VhiBridgeSettings

from tests.integration.bridge_and_hand import V2, hand, status, wait_connected

CLASSES = ["Rest", "Fist", "Index"]


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"rig": {"classes": CLASSES}})


@pytest.fixture
def other(rig) -> Iterator[HandV2Client]:
    """Another client of the hand, as the VHI's own."""
    port = rig.settings("vhi-bridge", VhiBridgeSettings).hand_port
    client = HandV2Client("127.0.0.1", port, deadline_s=10.0)
    yield client
    client.close()


def predict_until(is_done: Callable[[], bool], predictor: Publisher, name: str) -> None:
    """Predict a class, and again, until something is so."""
    index, t = CLASSES.index(name), pylsl.local_clock

    def look() -> bool:
        now = t()
        fields = {"model_id": "m1", "targets": CLASSES, "class": name, "class_index": index}
        data = np.eye(len(CLASSES), dtype=np.float32)[index]
        predictor.send("prediction/gesture", data, t_first=now, t_last=now, fields=fields)
        return is_done()

    wait_until(look, 20)


def shown_by(other: HandV2Client) -> str:
    return other.get_recording_state().current_movement


def is_shown(other: HandV2Client, name: str) -> bool:
    return shown_by(other) == name


def test_a_class_and_the_rest_after_it_are_shown_once_the_hand_takes_them(rig, predictor, other):
    with hand(rig, V2), running("vhi-bridge", rig) as bridge:
        wait_connected(bridge, "v2")

        def refusals() -> int:
            return int(bridge.status().counters.get("command_errors", 0))

        predict_until(lambda: shown_by(other) == "Index", predictor, "Index")
        assert other.start_trajectory("Index").applied
        predict_until(lambda: refusals() > 1, predictor, "Fist")
        other.stop_trajectory()
        predict_until(lambda: shown_by(other) == "Fist", predictor, "Fist")

        assert other.start_trajectory("Index").applied
        before = refusals()
        wait_until(lambda: refusals() > before, 10)
        other.stop_trajectory()
        wait_until(lambda: shown_by(other) == "Rest", 10)

        assert status(bridge).connected
        assert not bridge.status().troubles.get("hand")


def test_a_gesture_whose_bridge_was_killed_is_the_next_bridge_s(rig, predictor, other):
    with hand(rig, V2):
        for name in ("Fist", "Rest"):
            bridge = start("vhi-bridge", rig)
            try:
                bridge.wait_ready()
                predict_until(partial(is_shown, other, name), predictor, name)
            finally:
                bridge.kill()

            assert shown_by(other) == name
