"""Requests are checked as a whole before anything is done."""

import json

import pytest
from emgrig.errors import RequestError
from emgrig_trainer.requests import (
    EvaluateRequest,
    TargetRequest,
    TrainRequest,
    parse,
    read_document,
)

TRAIN = {"command": "train", "sessions": ["a.session.zip"], "models_dir": "models"}
EVALUATE = {**TRAIN, "command": "evaluate", "model_id": "m"}


def test_a_train_request_has_the_contract_as_defaults():
    request = parse(TRAIN)

    assert isinstance(request, TrainRequest)
    assert (request.window_s, request.hop_s, request.sub_window_samples) == (0.2, 0.1, 32)
    assert (request.iterations, request.seed) == (200, 0)
    assert request.wanted.columns == (0, 2, 3, 4, 5)
    assert (request.wanted.transform, request.wanted.align) == ("abs", "middle")


def test_an_evaluate_request_is_told_by_its_command():
    assert isinstance(parse(EVALUATE), EvaluateRequest)


def test_a_target_may_be_a_stream_alone():
    request = parse({**TRAIN, "target": "kinematics"})

    assert request.wanted == TargetRequest(
        stream="kinematics", transform="identity", align="end", n_align=10
    )


def test_chosen_columns_of_the_pose_are_left_as_they_are():
    wanted = TargetRequest(stream="vhi_control", columns=(1,)).with_defaults()

    assert (wanted.columns, wanted.names, wanted.transform) == ((1,), None, "identity")


def test_all_problems_are_named_at_once():
    with pytest.raises(RequestError) as caught:
        parse({**TRAIN, "window_s": -1, "iterationz": 5, "kind": "clustering"})

    words = str(caught.value)
    assert "window_s" in words
    assert "iterationz" in words
    assert "kind" in words


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"command": "dance"},
        {**TRAIN, "sessions": []},
        {**EVALUATE, "sessions": ["a", "b"], "predictions_file": "p.npz"},
    ],
)
def test_what_is_no_request_is_refused(document):
    with pytest.raises(RequestError, match="expected a request"):
        parse(document)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(RequestError, match="expected a request as a JSON object"):
        read_document(text)


def test_an_object_is_read():
    assert read_document(json.dumps(TRAIN).encode()) == TRAIN
