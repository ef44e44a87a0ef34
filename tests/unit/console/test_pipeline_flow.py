"""When one can train and predict, and how good a model is."""

import json
from dataclasses import replace

import pytest
from emgrig.control import predictor_pb2, recorder_pb2, trainer_pb2
from emgrig.dsp import Conditioning, FeatureSpec
from emgrig_console.pipeline_flow import (
    TrainSettings,
    live_words,
    model_rows,
    predicting,
    target_choices,
    train_request,
    why_not_train,
)

from tests.unit.console.polled import live, old

FULL = TrainSettings("regression", 200, 0, 50, 100)
EMPTIED = TrainSettings("regression", None, 0, 50, 100)
MODELS = live(trainer_pb2.ListModelsReply())


@pytest.mark.parametrize(
    ("settings", "sessions", "models", "is_training", "has_class", "words"),
    [
        (FULL, ["s"], old(MODELS.value), False, True, "does not answer"),
        (FULL, ["s"], MODELS, True, True, "under way"),
        (FULL, [], MODELS, False, True, "No session is selected"),
        (FULL, ["s"], MODELS, False, False, "No class is selected"),
        (EMPTIED, ["s"], MODELS, False, True, "is empty"),
        (FULL, ["s"], MODELS, False, True, "^$"),
    ],
)
def test_why_no_training_starts(settings, sessions, models, is_training, has_class, words) -> None:
    why_not = why_not_train(
        settings, sessions, models, is_training=is_training, has_class=has_class
    )

    assert (why_not == "") if words == "^$" else words in why_not


def test_the_request_carries_the_settings() -> None:
    request = train_request(FULL, ["s"], ["Fist"])

    assert (request.iterations, request.notch_hz, request.hop_s) == (200, 50.0, 0.1)
    assert (list(request.sessions), list(request.classes)) == (["s"], ["Fist"])
    # What was left empty is the rig's to say.
    assert not request.HasField("window_s")
    assert not request.HasField("sub_window_samples")
    assert request.target_stream == ""


def test_the_request_carries_what_is_trained_otherwise_than_live() -> None:
    settings = replace(FULL, window_ms=250, sub_window_samples=0, target_stream="force")

    request = train_request(settings, ["s"], [])

    assert request.window_s == pytest.approx(0.25)
    assert request.HasField("sub_window_samples")
    assert (request.sub_window_samples, request.target_stream) == (0, "force")


def test_the_live_features_are_told_in_words() -> None:
    spec = FeatureSpec(
        window_samples=512,
        sample_rate_hz=2048.0,
        n_channels=8,
        sub_window_samples=0,
        conditioning=Conditioning(highpass_hz=20.0),
    )

    assert live_words(spec.to_dict()) == (
        "Live: rms, mav, wl of 8 channels, window 250 ms (512 samples), sub-window 512 samples, "
        "high-pass 20 Hz, notch none."
    )
    assert "no features come" in live_words(None)
    assert live_words({"window_samples": "many"}).startswith("Live: not known, expected")


def test_what_every_session_has_can_be_learned() -> None:
    def info(*names: str) -> recorder_pb2.SessionInfo:
        return recorder_pb2.SessionInfo(
            streams={name: recorder_pb2.StreamCount() for name in names}
        )

    both = [info("emg", "vhi_control", "force"), info("emg", "vhi_control")]

    assert list(target_choices(both)) == ["", "vhi_control"]
    assert list(target_choices([])) == [""]


def test_what_the_predictor_does() -> None:
    status = predictor_pb2.PredictorStatus(model_id="m1", predicting=True, predictions=7)
    now = predicting(live(status))

    assert (now.words, now.count, now.can_switch, now.is_on) == (
        "Model m1",
        "7 predictions",
        True,
        True,
    )
    assert predicting(live(predictor_pb2.PredictorStatus())).loaded == ""
    assert predicting(old(status)).loaded is None
    assert not predicting(old(status)).can_switch


def test_a_line_of_a_model_has_its_score() -> None:
    def info(model_id, kind, **manifest):
        words = json.dumps({"kind": kind} | manifest)
        return trainer_pb2.ModelInfo(model_id=model_id, kind=kind, manifest_json=words)

    targets = [{"names": ["index", "ring"]}]
    scored = {"r2_per_target": [0.5, 0.7]}
    models = [
        info("a", "regression", targets=targets, validation=scored),
        info("b", "classification", validation={"accuracy": 0.9}),
        info("c", "regression"),
    ]

    rows = model_rows(models, "b")

    assert [row.words for row in rows] == [
        "regression, mean R2 0.60",
        "classification, accuracy 0.90",
        "regression, not validated",
    ]
    assert [row.is_loaded for row in rows] == [False, True, False]
