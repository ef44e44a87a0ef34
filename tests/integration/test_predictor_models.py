"""The predictor as a process: models are swapped, rolled back, refused and remembered."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.control import predictor_pb2
from emgrig.dsp import feature_engine
from emgrig.errors import RequestError
from emgrig.testing import Process, make_rig, running, start
from emgrig.transport import Publisher

from tests.integration.decoding_rig import (
    SPEC,
    listening,
    make_bundle,
    make_windows,
    publishing,
    receive,
    send_features,
    wait_heard,
    wait_ledger,
)

FEATURES = feature_engine(SPEC).many(make_windows())


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path)


@pytest.fixture
def extractor(rig) -> Iterator[Publisher]:
    with publishing(rig, "feature-extractor") as publisher:
        yield publisher


@pytest.fixture
def predictor(rig, extractor) -> Iterator[Process]:
    with running("predictor", rig) as process:
        wait_heard(process, extractor, "features/emg")
        yield process


def load(predictor: Process, model_id: str = "") -> predictor_pb2.PredictorStatus:
    request = predictor_pb2.LoadModelRequest(model_id=model_id)
    return predictor.client.call("Predictor.LoadModel", request, deadline_s=30)


def ask(predictor: Process) -> predictor_pb2.PredictorStatus:
    return predictor.client.call("Predictor.GetPredictor", predictor_pb2.GetPredictorRequest())


def test_without_a_model_features_are_skipped_and_counted(extractor, predictor):
    send_features(extractor, FEATURES[0])

    assert wait_ledger(predictor, "features/emg", "skipped", "no_model") == 1
    assert ask(predictor).model_id == ""


def test_predictions_are_those_of_the_bundle(rig, extractor, predictor):
    bundle = make_bundle(rig.models_dir)
    with listening(rig, "predictor", ["prediction/hand", "event/model"]) as output:
        status = load(predictor)
        assert receive(output).fields == {"action": "loaded", "model_id": bundle.id}

        sent = send_features(extractor, FEATURES[3], 7)
        got = receive(output)

    np.testing.assert_array_equal(got.data, bundle.decoder().predict(FEATURES[3]))
    assert got.fields == {"model_id": bundle.id, "targets": ["grip", "pinch"]}
    assert (got.sample_index, got.t_last) == (sent.sample_index, sent.t_last)
    assert [hop.process for hop in got.trace] == ["feature-extractor", "predictor"]
    assert (status.spec_id, list(status.targets)) == (SPEC.id, ["grip", "pinch"])


def test_a_swap_misses_no_prediction(rig, extractor, predictor):
    first, second = make_bundle(rig.models_dir), make_bundle(rig.models_dir, seed=1)
    load(predictor, first.id)
    expected = {bundle.id: bundle.decoder().predict(FEATURES[0]) for bundle in (first, second)}
    swapping = threading.Thread(target=load, args=(predictor, second.id))

    with listening(rig, "predictor", ["prediction/hand"]) as predictions:
        ids = []
        for index in range(20_000):  # a busy machine may load for seconds
            if index == 100:
                swapping.start()
            send_features(extractor, FEATURES[0], index)
            got = receive(predictions)
            assert got.sample_index == index * 20
            np.testing.assert_array_equal(got.data, expected[got.fields["model_id"]])
            ids.append(got.fields["model_id"])
            if index > 100 and not swapping.is_alive() and ids[-1] == second.id:
                break
        swapping.join()

    assert ids == sorted(ids, key=[first.id, second.id].index)
    assert ids[-1] == second.id


def test_rolling_back_brings_the_model_before(rig, predictor):
    first, second = make_bundle(rig.models_dir), make_bundle(rig.models_dir, seed=1)
    load(predictor, first.id)
    load(predictor, second.id)

    status = predictor.client.call("Predictor.Rollback", predictor_pb2.RollbackRequest())

    assert (status.model_id, status.previous_model_id) == (first.id, second.id)


def test_features_of_another_spec_are_refused_naming_both(rig, extractor, predictor):
    load(predictor, make_bundle(rig.models_dir).id)
    other = replace(SPEC, window_samples=96)

    send_features(extractor, np.ones(other.n_features, np.float32), spec=other)

    assert wait_ledger(predictor, "features/emg", "refused", "spec_mismatch") == 1
    words = predictor.wait_state("DEGRADED").troubles["features"]
    assert SPEC.id in words
    assert other.id in words
    assert "window_samples 64 against 96" in words


def test_features_that_are_not_finite_are_refused(rig, extractor, predictor):
    load(predictor, make_bundle(rig.models_dir).id)
    bad = FEATURES[0].copy()
    bad[2] = np.nan

    with listening(rig, "predictor", ["prediction/hand"]) as predictions:
        send_features(extractor, bad, 0)
        assert wait_ledger(predictor, "features/emg", "refused", "non_finite") == 1
        send_features(extractor, FEATURES[0], 1)
        assert receive(predictions).sample_index == 20


def test_a_bundle_with_a_wrong_hash_is_refused_and_the_old_model_goes_on(rig, predictor):
    good, bad = make_bundle(rig.models_dir), make_bundle(rig.models_dir, seed=1)
    load(predictor, good.id)
    weights = bad.folder / "model.cbm"
    weights.write_bytes(weights.read_bytes() + b"\x00")

    with pytest.raises(RequestError, match=bad.id):
        load(predictor, bad.id)

    assert ask(predictor).model_id == good.id


def test_pausing_skips_features(rig, extractor, predictor):
    load(predictor, make_bundle(rig.models_dir).id)
    predictor.client.call(
        "Predictor.SetPredicting", predictor_pb2.SetPredictingRequest(predicting=False)
    )

    send_features(extractor, FEATURES[0])

    assert wait_ledger(predictor, "features/emg", "skipped", "paused") == 1


def test_a_killed_predictor_comes_back_predicting(rig, extractor):
    bundle = make_bundle(rig.models_dir)
    first = start("predictor", rig)
    first.wait_ready()
    load(first, bundle.id)
    make_bundle(rig.models_dir, seed=1)  # newer, and not what was loaded

    first.kill()

    with running("predictor", rig), listening(rig, "predictor", ["prediction/hand"]) as p:
        # The subscription of the first one may still be counted, so one message may be too early.
        answers = (send_features(extractor, FEATURES[0]) and p.receive(0.2) for _ in range(50))
        first_answer = next(answer for answer in answers if answer is not None)
        assert first_answer.fields["model_id"] == bundle.id


def test_a_remembered_model_that_is_gone_is_shown(rig):
    bundle = make_bundle(rig.models_dir)
    first = start("predictor", rig)
    first.wait_ready()
    load(first, bundle.id)
    first.kill()
    (bundle.folder / "model.cbm").unlink()

    with running("predictor", rig) as second:
        status = second.wait_state("DEGRADED")
        assert bundle.id in status.troubles[f"model {bundle.id}"]
        assert ask(second).model_id == ""


def test_a_model_of_the_settings_that_is_missing_ends_the_start(rig):
    process = start("predictor", rig, ["--set", "predictor.model_id=nobody"])
    try:
        assert process.popen.wait(20) == 2
        assert "nobody" in process.output()
    finally:
        process.kill()
