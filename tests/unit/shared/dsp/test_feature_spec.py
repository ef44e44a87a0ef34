"""The feature spec: what it counts, refuses, and is called."""

import json
from dataclasses import replace

import pytest
from emgrig.dsp import Conditioning, FeatureSpec
from emgrig.errors import ConfigError

SPEC = FeatureSpec(window_samples=409, sample_rate_hz=2048, n_channels=8)


def test_tutorial_spec_has_288_features():
    assert SPEC.n_sub_windows == 12
    assert SPEC.n_features == 288


def test_zero_sub_window_is_the_whole_window():
    whole = replace(SPEC, sub_window_samples=0)
    assert whole.n_features == 24
    assert whole.id == replace(SPEC, sub_window_samples=409).id


def test_id_is_stable_across_releases():
    assert SPEC.id == "5a0af4975063897b"


def test_id_ignores_the_engine_and_the_type_of_numbers():
    assert replace(SPEC, engine="numpy").id == SPEC.id
    assert replace(SPEC, sample_rate_hz=2048.0).id == SPEC.id
    one, other = (replace(SPEC, conditioning=Conditioning(hz)) for hz in (20, 20.0))
    assert one.id == other.id


@pytest.mark.parametrize(
    "change",
    [
        {"window_samples": 410},
        {"sub_window_samples": 16},
        {"sample_rate_hz": 2000},
        {"n_channels": 7},
        {"features": ("mav", "rms", "wl")},
        {"features": ("rms",)},
        {"conditioning": Conditioning(highpass_hz=20)},
        {"conditioning": Conditioning(notch_hz=50)},
    ],
)
def test_id_changes_with_whatever_changes_the_numbers(change):
    assert replace(SPEC, **change).id != SPEC.id


def test_document_survives_json():
    spec = replace(SPEC, conditioning=Conditioning(20, 50), engine="numpy")
    assert FeatureSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window_samples": 31}, "make the window longer, or set sub_window_samples lower"),
        ({"window_samples": 0, "sub_window_samples": 0}, "got 0 samples"),
        ({"sub_window_samples": -1}, "sub_window_samples must be positive, or 0"),
        ({"n_channels": 0}, "n_channels must be at least 1"),
        ({"sample_rate_hz": 0}, "sample_rate_hz must be above 0"),
        ({"sample_rate_hz": float("nan")}, "sample_rate_hz must be above 0"),
        ({"features": ()}, "features must be some of"),
        ({"features": ("rms", "rms")}, "each once"),
        ({"features": ("zc",)}, "features must be some of"),
        ({"engine": "matlab"}, "engine must be one of"),
    ],
)
def test_values_out_of_range_are_refused(change, words):
    with pytest.raises(ConfigError, match=words.replace("(", "\\(")):
        replace(SPEC, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"n_channels": "8"},
        {"n_channels": True},
        {"window_samples": 409.0},
        {"features": "rms"},
        {"conditioning": None},
        {"conditioning": {"highpass_hz": 20}},
        {"gain": 2},
    ],
)
def test_documents_of_another_form_are_refused(change):
    with pytest.raises(ConfigError, match="expected"):
        FeatureSpec.from_dict({**SPEC.to_dict(), **change})


def test_document_that_is_no_map_or_lacks_a_key_is_refused():
    with pytest.raises(ConfigError, match="as a map"):
        FeatureSpec.from_dict([1])
    document = SPEC.to_dict()
    del document["features"]
    with pytest.raises(ConfigError, match=r"missing \['features'\]"):
        FeatureSpec.from_dict(document)
