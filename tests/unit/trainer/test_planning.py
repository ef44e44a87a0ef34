"""A command of the control service, completed by the settings and by what happens live."""

import pytest
from emgrig.control import trainer_pb2
from emgrig.testing import make_rig
from emgrig_trainer.config import TrainerSettings
from emgrig_trainer.planning import completed, job_document
from emgrig_trainer.requests import TrainRequest

LIVE = {"window_s": 0.25, "highpass_hz": 20.0, "notch_hz": 50.0}


@pytest.fixture
def rig(tmp_path):
    return make_rig(tmp_path, {"emg-acquirer": LIVE})


def planned(rig, settings=(), **keys) -> TrainRequest:
    path = rig.path.parent / "a.session.zip"
    path.touch()
    request = trainer_pb2.TrainRequest(sessions=[str(path)], **keys)
    document = job_document(request, TrainerSettings.model_validate(dict(settings)), rig)
    return TrainRequest.model_validate(document)


def test_what_is_left_open_is_what_the_acquirer_does_live(rig):
    request = planned(rig)

    assert (request.window_s, request.highpass_hz, request.notch_hz) == (0.25, 20.0, 50.0)


def test_zero_asks_for_no_filter_and_for_the_whole_window(rig):
    request = planned(rig, highpass_hz=0, notch_hz=0, window_s=0.5, sub_window_samples=0)

    assert (request.highpass_hz, request.notch_hz) == (0, 0)
    assert (request.window_s, request.sub_window_samples) == (0.5, 0)


def test_a_window_of_the_trainer_goes_before_the_live_one(rig):
    assert planned(rig, {"window_s": 0.3}).window_s == 0.3


TABLE = {"features": ["rms"], "iterations": 30, "target_stream": "glove", "target_columns": [1]}


def configured(tmp_path, **keys) -> TrainRequest:
    names = {"target_names": ["b"]}
    rig = make_rig(tmp_path, {"emg-acquirer": LIVE, "trainer": TABLE | names})
    document = {"command": "train", "rig": str(rig.path), "sessions": ["a.session.zip"]}
    return TrainRequest.model_validate(completed(document | keys))


def test_a_document_that_names_a_rig_is_completed_by_its_trainer_table(tmp_path):
    request = configured(tmp_path)

    assert (request.features, request.iterations, request.highpass_hz) == (("rms",), 30, 20.0)
    assert (request.wanted.stream, request.wanted.columns) == ("glove", (1,))
    assert request.models_dir.name == "models"


def test_what_a_document_says_goes_before_the_rig(tmp_path):
    request = configured(tmp_path, iterations=7, window_s=0.5, target="kinematics")

    assert (request.iterations, request.window_s) == (7, 0.5)
    assert (request.wanted.stream, request.wanted.columns) == ("kinematics", None)


def test_a_document_without_a_rig_is_left_as_it_is():
    assert completed({"command": "evaluate"}) == {"command": "evaluate"}
