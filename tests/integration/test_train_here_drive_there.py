"""A model that learned from one generation of the hand drives the other: the fist closes."""

from pathlib import Path

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import hand_pb2
from emgrig.dsp import FLEXION_NAMES, feature_engine
from emgrig.recording import SessionFacts, SessionWriter, open_session
from emgrig.testing import make_rig, running, wait_until
from emgrig_trainer.progress import Progress
from emgrig_trainer.requests import TargetRequest, TrainRequest
from emgrig_trainer.training import train

RATE_HZ = 200.0
FLEXIONS = [0, 2, 3, 4, 5]
FIST = {
    "v1": np.array([-1, -1, -1, -1, -1, -1, 0, 0, 0]),
    "v2": np.array([1, -1, 1, 1, 1, 1, 0, 0, 0]),
}


def recorded_with(generation: str, path: Path) -> Path:
    """Write a session as the rig does with that hand: rest and fist in turns of 2 s."""
    rng = np.random.default_rng(3)
    times = 100.0 + np.arange(3200) / RATE_HZ
    is_fist = ((times - 100.0) % 4 >= 2)[:, np.newaxis]
    emg = rng.normal(size=(len(times), 4)) * np.where(is_fist, 1.0, 0.1)
    pose = (is_fist * FIST[generation]).astype(np.float32)
    with SessionWriter(path) as writer:
        writer.add_stream("emg", emg.astype(np.float32), timestamps=times, fs=RATE_HZ)
        writer.add_stream("vhi_control", pose, timestamps=times, fs=RATE_HZ)
        writer.write(SessionFacts(pose_convention="standard" if generation == "v2" else ""))
    return path


def predicted_fist(session: Path, models: Path, transform: str) -> np.ndarray:
    """Train on a session and return what the model says of the EMG of a fist."""
    request = TrainRequest(
        sessions=(session,),
        models_dir=models,
        iterations=60,
        engine="numpy",
        target=TargetRequest(stream="vhi_control", transform=transform),
    )
    with open_session(session) as reader:
        bundle, _ = train(request, [reader], Progress([].append))
    window = np.random.default_rng(7).normal(size=(40, 4)).astype(np.float32)
    return bundle.decoder().predict(feature_engine(bundle.manifest.spec)(window))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path, {"vhi-bridge": {"filter": "identity"}})


@pytest.mark.parametrize("transform", ["abs", "identity"])
@pytest.mark.parametrize(("learned", "driven"), [("v1", "v2"), ("v2", "v1")])
def test_a_model_of_one_generation_closes_the_fist_of_the_other(
    rig, predictor, tmp_path, learned, driven, transform
):
    session = recorded_with(learned, tmp_path / "a.session.zip")
    flexions = predicted_fist(session, tmp_path / "models", transform)
    assert flexions.min() > 0.5

    with (
        running("virtual-hand", rig, ["--protocol", driven]),
        running("vhi-bridge", rig) as bridge,
    ):
        predict_until_closed(bridge, predictor, flexions, FIST[driven][FLEXIONS])


def predict_until_closed(bridge, predictor, flexions, fist) -> None:
    def is_closed() -> bool:
        t = pylsl.local_clock()
        predictor.send(
            "prediction/hand",
            flexions,
            t_first=t,
            t_last=t,
            fields={"model_id": "m1", "targets": list(FLEXION_NAMES)},
        )
        status = bridge.client.call("Hand.GetHand", hand_pb2.GetHandRequest())
        if len(status.predict_pose) < 9:
            return False
        shown = np.array(status.predict_pose)[FLEXIONS]
        return bool((shown * fist > 0.5).all())

    def seen() -> str:
        status = bridge.client.call("Hand.GetHand", hand_pb2.GetHandRequest())
        return f"expected {fist}, got {status} with troubles {bridge.status().troubles}"

    wait_until(is_closed, 25, seen)
