"""Features to a moving hand by a classification: predictor, bridge and hand as processes."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import catboost
import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import hand_pb2, predictor_pb2
from emgrig.models import Bundle, ManifestDraft, save_bundle
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig.transport import Publisher, Source, Subscriber

from tests.integration.decoding_rig import SPEC, publishing, wait_heard

CLASSES = ("Rest", "Fist", "Moonwalk")
DOUBT = "Doubt"
"""Features of which the model has learnt that they are as often rest as fist."""
FEATURES = {
    name: np.full(SPEC.n_features, level, np.float32)
    for level, name in enumerate((*CLASSES, DOUBT))
}
N_EQUAL = 3


def make_classification(rig: Rig) -> Bundle:
    """Save a model that tells the classes by the level of the features."""
    rng = np.random.default_rng(0)
    levels = np.repeat(np.arange(len(FEATURES)), 40)
    rows = levels[:, np.newaxis] + rng.normal(0, 0.05, (levels.size, SPEC.n_features))
    is_doubt = levels == len(CLASSES)
    rows[is_doubt] = levels[is_doubt, np.newaxis]  # no noise to tell one from the other by
    truth = np.where(is_doubt, np.arange(levels.size) % 2, levels)
    options = {"loss_function": "MultiClass", "iterations": 40, "learning_rate": 0.3}
    quiet = {"verbose": False, "allow_writing_files": False, "thread_count": 1}
    model = catboost.CatBoostClassifier(**options, **quiet)
    model.fit(rows.astype(np.float32), truth)
    draft = ManifestDraft(
        kind="classification", feature_spec=SPEC.to_dict(), classes=CLASSES, validation={}
    )
    return save_bundle(rig.models_dir, draft, lambda path: model.save_model(str(path)))


class LiveRig:
    """The three processes, and who sends features to them."""

    def __init__(self, rig: Rig, extractor: Publisher, stack: ExitStack) -> None:
        self.extractor = extractor
        self.hand = stack.enter_context(running("virtual-hand", rig))
        self.bridge: Process = stack.enter_context(running("vhi-bridge", rig))
        self.predictor: Process = stack.enter_context(running("predictor", rig))
        source = Source("predictor", rig.endpoints("predictor"))
        self.predictions = Subscriber([source], ["prediction/"], keep="all")
        stack.callback(self.predictions.close)
        wait_heard(self.predictor, extractor, "features/emg")
        wait_until(lambda: bool(self.view().movements), 20)
        wait_until(self._is_heard, 20)

    def view(self) -> hand_pb2.HandStatus:
        return self.bridge.client.call("Hand.GetHand", hand_pb2.GetHandRequest())

    def feel(self, name: str, until: Callable[[], bool]) -> None:
        """Send the features of a class, again and again, until something holds."""

        def is_done() -> bool:
            self._send(FEATURES[name])
            return until()

        wait_until(is_done, 20)

    def feel_once(self, *names: str) -> list[str]:
        """Send the features of classes, one after the other; return the verdict on each."""
        verdicts = []
        for name in names:
            t = self._send(FEATURES[name])
            answers = iter(lambda: self.predictions.receive(5), None)
            verdicts.append(next(m.fields["class"] for m in answers if m.t_last == t))
        return verdicts

    def counter(self, name: str) -> int:
        return int(dict(self.bridge.status().counters).get(name, 0))

    def used(self) -> int:
        """Return how many gestures the bridge has taken, as its books say once a second."""
        ledger = dict(self.bridge.status().ledger)
        return int(ledger.get("prediction/gesture", {"used": 0})["used"])

    def _send(self, features: np.ndarray) -> float:
        t = pylsl.local_clock()
        self.extractor.send(
            "features/emg",
            features,
            t_first=t - 0.2,
            t_last=t,
            fs=SPEC.sample_rate_hz,
            fields={"spec_id": SPEC.id, "spec": SPEC.to_dict()},
        )
        return t

    def _is_heard(self) -> bool:
        self.predictions.receive(0.0)
        return "predictor" in self.predictions.heard


@pytest.fixture(params=["v1", "v2"])
def live(tmp_path, request) -> Iterator[LiveRig]:
    tables = {
        "vhi-bridge": {"gesture_n_equal": N_EQUAL},
        "virtual-hand": {"protocol": request.param},
    }
    rig = make_rig(tmp_path, tables)
    bundle = make_classification(rig)
    with ExitStack() as stack:
        extractor = stack.enter_context(publishing(rig, "feature-extractor"))
        found = LiveRig(rig, extractor, stack)
        assert found.view().protocol == request.param
        load = predictor_pb2.LoadModelRequest(model_id=bundle.id)
        found.predictor.client.call("Predictor.LoadModel", load, deadline_s=30)
        yield found


def test_a_class_moves_the_hand_and_silence_brings_it_to_rest(live):
    live.feel("Rest", lambda: live.counter("gestures") == 1)
    live.feel("Fist", lambda: live.view().movement == "Fist")

    gesture = next(m for m in iter(lambda: live.predictions.receive(5), None) if m.data.argmax())
    assert gesture.topic == "prediction/gesture"
    assert gesture.fields["targets"] == list(CLASSES)
    assert (gesture.fields["class"], gesture.fields["class_index"]) == ("Fist", 1)
    assert gesture.data.shape == (3,)
    assert gesture.data.sum() == pytest.approx(1, abs=1e-5)
    wait_until(lambda: live.view().movement == "Rest", 5)
    wait_until(lambda: np.abs(live.view().control_pose).max() < 0.05, 5)
    # Each was told once, however often it was predicted.
    wait_until(lambda: live.counter("gestures") == 3, 5)


def test_what_the_model_is_not_sure_of_is_rejected_and_moves_no_hand(live):
    live.feel("Rest", lambda: live.counter("gestures") == 1)

    # Six fists, each with doubt about it: what is rejected ends a row of equal classes.
    asked = ["Fist", DOUBT, DOUBT] * 6
    assert live.feel_once(*asked) == ["Fist", "", ""] * 6

    # The bridge takes the newest only, and may have left out some.
    wait_until(lambda: live.used() >= N_EQUAL + len(asked) // 2, 5)
    assert live.predictor.status().counters["rejected"] == 12
    assert live.counter("gestures") == 1
    assert live.view().movement == "Rest"


def test_no_class_moves_a_hand_that_is_being_frozen(live):
    if live.view().protocol == "v2":
        pytest.skip("a hand of generation 2 has no freeze")
    live.feel("Rest", lambda: live.counter("gestures") == 1)
    client, freeze = live.bridge.client, hand_pb2.SetFreezeRequest(frozen=True)

    # The hand takes its time to answer, and meanwhile three fists are predicted.
    live.hand.popen.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        frozen = pool.submit(client.call, "Hand.SetFreeze", freeze)
        threading.Event().wait(0.2)
        assert live.feel_once(*["Fist"] * 6) == ["Fist"] * 6
        threading.Event().wait(0.2)
        live.hand.popen.send_signal(signal.SIGCONT)
        assert frozen.result(5).state == "frozen"

    wait_until(lambda: live.view().connected, 5)
    used = live.used()
    live.feel("Fist", lambda: live.used() > used + 40)
    assert live.view().movement == "Rest"


def test_a_class_that_is_no_movement_is_counted_and_shown(live):
    live.feel("Fist", lambda: live.view().movement == "Fist")

    live.feel("Moonwalk", lambda: live.counter("gestures_unknown_movement") > 10)

    assert live.view().movement == "Fist"
    assert "Moonwalk" in live.bridge.wait_state("DEGRADED").troubles["gestures"]
    live.feel("Fist", lambda: "gestures" not in live.bridge.status().troubles)


def test_a_cue_is_kept_by_the_class_that_it_asks_for(live):
    live.feel("Rest", lambda: live.counter("gestures") == 1)
    reply = live.bridge.client.call("Hand.CueGesture", hand_pb2.CueGestureRequest(name="Fist"))

    used = live.predictor.status().counters["predictions"] + 40
    live.feel("Fist", lambda: live.predictor.status().counters["predictions"] > used)

    assert reply.applied
    assert live.view().movement == "Fist"
    assert live.counter("gestures") == 1
