"""Training end to end in this process: small, but real CatBoost and real files."""

import hashlib

import numpy as np
import pytest
from emgrig.dsp import FeatureSpec, feature_engine
from emgrig.errors import RequestError, SessionError
from emgrig.models import load_bundle
from emgrig_trainer.evaluation import evaluate
from emgrig_trainer.progress import CancelledRunError, Progress
from emgrig_trainer.requests import EvaluateRequest, TrainRequest
from emgrig_trainer.training import train


@pytest.fixture
def request_for(tmp_path):
    def make(*paths, **keys) -> TrainRequest:
        defaults = {"models_dir": tmp_path / "models", "iterations": 30, "engine": "numpy"}
        return TrainRequest(sessions=paths, **(defaults | keys))

    return make


@pytest.fixture
def run(open_one):
    def run(request, told=None):
        sessions = [open_one(path) for path in request.sessions]
        return train(request, sessions, Progress((told if told is not None else []).append))

    return run


def test_both_kinds_of_session_train_one_model(write_session, request_for, run):
    posed, labelled = write_session("posed"), write_session("labelled", pose=False, seed=1)

    bundle, _ = run(request_for(posed, labelled))

    manifest = bundle.manifest
    assert manifest.output_names == ["thumb_flexion", "index", "middle", "ring", "little"]
    assert [use.name for use in manifest.sessions] == ["posed", "labelled"]
    assert manifest.sessions[0].sha256 == hashlib.sha256(posed.read_bytes()).hexdigest()
    assert len(manifest.validation["r2_per_target"]) == 5
    assert manifest.validation["r2"] > 0.5
    assert manifest.hyper_parameters["loss_function"] == "MultiRMSE"


def test_a_recording_of_an_irregular_stream_trains_and_says_that_nothing_comes_live(
    write_session, request_for, run
):
    bundle, _ = run(request_for(write_session(declared_hz=0.0)))
    regular, _ = run(request_for(write_session("regular")))

    (words,) = bundle.manifest.validation["warnings"]
    assert "the EMG of a came without a declared rate" in words
    assert "warnings" not in regular.manifest.validation


def test_a_saved_model_predicts_what_it_learned(write_session, request_for, run, tmp_path):
    bundle, _ = run(request_for(write_session()))
    rng = np.random.default_rng(5)

    decoder = load_bundle(tmp_path / "models", bundle.id).decoder()
    engine = feature_engine(bundle.manifest.spec)
    rest, fist = (engine(rng.normal(size=(40, 4)).astype(np.float32) * x) for x in (0.1, 1.0))

    assert decoder.predict(rest).max() < 0.3
    assert decoder.predict(fist).min() > 0.5


def test_a_classification_keeps_the_selected_classes(write_session, request_for, run):
    bundle, _ = run(request_for(write_session(), kind="classification"))

    assert bundle.manifest.classes == ("Rest", "Fist")
    assert bundle.manifest.validation["balanced_accuracy"] > 0.9


def test_conditioning_becomes_part_of_the_spec(write_session, request_for, run):
    bundle, _ = run(request_for(write_session(), highpass_hz=20.0))

    assert bundle.manifest.spec.conditioning.highpass_hz == 20.0


def test_stages_are_reported_in_order(write_session, request_for, run):
    told = []

    run(request_for(write_session()), told)

    stages = list(dict.fromkeys(line["stage"] for line in told))
    assert stages == ["windows", "validate", "fit"]
    assert told[-1]["done"] == told[-1]["total"] == 30


def test_the_same_sessions_give_the_same_model(write_session, request_for, run):
    path = write_session()

    first, second = (run(request_for(path))[0].manifest for _ in range(2))

    assert first.validation == second.validation


def test_a_cancelled_run_writes_nothing(write_session, request_for, open_one, tmp_path):
    progress = Progress(lambda line: None)

    def cancel_while_fitting(line):
        progress.is_cancelled = line["stage"] == "validate" and line["done"] > 0

    progress._emit = cancel_while_fitting
    request = request_for(write_session(), iterations=100_000)

    with pytest.raises(CancelledRunError):
        train(request, [open_one(path) for path in request.sessions], progress)

    assert not (tmp_path / "models").exists()


def test_another_rate_or_channel_count_is_refused(write_session, request_for, run, open_one):
    spec = FeatureSpec(window_samples=40, sample_rate_hz=1000.0, n_channels=4, engine="numpy")
    from emgrig_trainer.dataset import check_stream

    with pytest.raises(SessionError, match="1000 Hz"):
        check_stream(open_one(write_session()), spec)


def test_one_movement_alone_cannot_be_learned(write_session, request_for, run):
    with pytest.raises(SessionError, match="at least two different"):
        run(request_for(write_session(pose=False), classes=["Rest"]))


def test_a_class_that_nobody_recorded_is_refused(write_session, request_for, run):
    with pytest.raises(RequestError, match="Point"):
        run(request_for(write_session(), classes=["Point"]))


def test_a_window_shorter_than_a_sub_window_is_taken_whole(write_session, request_for, run):
    bundle, _ = run(request_for(write_session(), window_s=0.1))

    assert bundle.manifest.spec.n_sub_windows == 1
    assert bundle.manifest.spec.window_samples == 20


def test_a_window_of_no_samples_is_refused(write_session, request_for, run):
    with pytest.raises(RequestError, match="window"):
        run(request_for(write_session(), window_s=0.001))


@pytest.mark.parametrize("kind", ["regression", "classification"])
def test_evaluation_scores_another_session(
    kind, write_session, request_for, run, tmp_path, open_one
):
    bundle, _ = run(request_for(write_session("a"), kind=kind))
    other, file = write_session("b", seed=9), tmp_path / "predictions.npz"

    result = evaluate(
        EvaluateRequest(
            sessions=(other,),
            models_dir=tmp_path / "models",
            model_id=bundle.id,
            predictions_file=file,
        ),
        [open_one(other)],
        Progress(lambda line: None),
    )

    score = result["r2"] if kind == "regression" else result["balanced_accuracy"]
    assert score > 0.7
    with np.load(file, allow_pickle=False) as written:
        assert written["predictions"].shape == (159, 5 if kind == "regression" else 2)
        np.testing.assert_array_equal(np.diff(written["sample_index"]), 20)
