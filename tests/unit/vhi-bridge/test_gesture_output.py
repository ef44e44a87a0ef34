"""The way of a predicted class to the hand: who may move it now."""

import time
from concurrent.futures import Future

import numpy as np
import pylsl
import pytest
from emgrig.messages import Ledger, Message
from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.gesture_output import GestureOutput
from emgrig_vhi_bridge.gesturing import Gesturer, GestureTiming
from emgrig_vhi_bridge.hand_view import HandView

TOPIC = "prediction/gesture"


class FakeLink:
    """Notes the movements; the hand's own session and the rig's take are two things."""

    def __init__(self, *, in_take: bool, session_active: bool) -> None:
        self.in_take = in_take
        self.view = HandView(movements=("Rest", "Fist"), session_active=session_active)
        self.movements: list[str] = []

    def set_movement(self, name: str, *, lasting: bool) -> Future[Outcome]:
        assert lasting
        self.movements.append(name)
        return Future()


def predict_a_fist(link: FakeLink, context) -> Ledger:
    context.ledger, context.running = Ledger(), lambda: None
    timing = GestureTiming(n_equal=1, silence_s=0.5, after_cue_s=0.0)
    output = GestureOutput(Gesturer(timing, "Rest"), link, context)
    for seq, name in enumerate(("Rest", "Fist")):
        context.ledger.receive(TOPIC)
        output.predict(message_of(seq, name), enabled=True)
    return context.ledger


def message_of(seq: int, name: str) -> Message:
    return Message(
        topic=TOPIC,
        source="predictor",
        epoch="e",
        seq=seq,
        t_last=pylsl.local_clock(),
        received_ns=time.monotonic_ns(),
        data=np.array([0.1, 0.9], np.float32),
        fields={"class": name, "class_index": 1, "model_id": "m", "targets": ["Rest", "Fist"]},
    )


def test_a_session_that_another_client_left_open_blocks_no_prediction(context) -> None:
    link = FakeLink(in_take=False, session_active=True)

    ledger = predict_a_fist(link, context)

    assert link.movements[-1] == "Fist"
    assert ledger.as_dict()[TOPIC]["used"] == 2


@pytest.mark.parametrize("session_active", [True, False])
def test_in_a_take_no_prediction_moves_the_hand(context, session_active) -> None:
    link = FakeLink(in_take=True, session_active=session_active)

    ledger = predict_a_fist(link, context)

    assert link.movements == []
    assert ledger.as_dict()[TOPIC]["skipped"] == {"recording": 2}
    assert ledger.is_balanced
