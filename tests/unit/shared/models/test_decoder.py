"""Decoders: the framework's own numbers, in the manifest's order, for the right features only."""

import sys

import numpy as np
import pytest
from emgrig.errors import BundleError, ConfigError, SpecMismatchError
from emgrig.models import save_bundle

from .model_kit import FEATURES, SPEC, classes_draft, draft, fit, regressor, save

ONE = {"stream": "force", "columns": [0], "names": ["grip"]}
NAMES = np.array(["Fist", "Pinch", "Rest"])
LABELS = np.arange(len(FEATURES)) % 3


@pytest.mark.parametrize(("n_targets", "target"), [(2, None), (1, ONE)])
def test_one_and_many_are_the_frameworks_numbers(tmp_path, n_targets, target):
    model = regressor(n_targets=n_targets)
    decoder = save(tmp_path, model, draft(targets=[target]) if target else None).decoder()
    expected = model.predict(FEATURES).reshape(-1, n_targets)
    many = decoder.predict_many(FEATURES)
    assert many.dtype == np.float32
    np.testing.assert_allclose(many, expected, rtol=1e-6)
    singles = np.array([decoder.predict(row) for row in FEATURES])
    np.testing.assert_array_equal(singles, many)
    assert decoder.predict_many(FEATURES[:0]).shape == (0, n_targets)
    assert decoder.n_features == SPEC.n_features


def test_read_only_features_will_do(tmp_path):
    row = FEATURES[0].copy()
    row.flags.writeable = False
    assert save(tmp_path, regressor()).decoder().predict(row).shape == (2,)


@pytest.mark.parametrize("order", [("Fist", "Pinch", "Rest"), ("Rest", "Fist", "Open", "Pinch")])
def test_probabilities_come_in_the_manifests_order(tmp_path, order):
    model = fit(NAMES[LABELS], "MultiClass")
    decoder = save(tmp_path, model, classes_draft(*order)).decoder()
    by_name = dict(
        zip(NAMES, model.predict(FEATURES, prediction_type="Probability").T, strict=True)
    )
    expected = np.stack([by_name.get(name, np.zeros(len(FEATURES))) for name in order], axis=1)
    np.testing.assert_allclose(decoder.predict_many(FEATURES), expected, rtol=1e-6)
    np.testing.assert_allclose(decoder.predict(FEATURES[3]), expected[3], rtol=1e-6)
    assert decoder.output_names == list(order)


def test_labels_that_are_numbers_are_positions(tmp_path):
    model = fit(LABELS % 2 * 2, "MultiClass")  # 0 and 2: the middle class was never shown
    decoder = save(tmp_path, model, classes_draft("Rest", "Fist", "Pinch")).decoder()
    values = decoder.predict_many(FEATURES)
    assert (values[:, 1] == 0).all()
    np.testing.assert_allclose(values.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("shape", [(11,), (13,), (1, 12), ()])
def test_features_of_another_length_are_refused(tmp_path, shape):
    decoder = save(tmp_path, regressor()).decoder()
    with pytest.raises(SpecMismatchError, match=r"features of shape \(12,\) for the model"):
        decoder.predict(np.zeros(shape, dtype=np.float32))
    with pytest.raises(SpecMismatchError, match=r"shape \(3, 12\)"):
        decoder.predict_many(np.zeros((3, 11), dtype=np.float32))


def test_weights_for_other_features_are_refused(tmp_path):
    bundle = save(tmp_path, regressor(n_features=10))
    with pytest.raises(BundleError, match=r"expected weights for 12 features .* got 10"):
        bundle.decoder()


def test_weights_with_other_outputs_are_refused(tmp_path):
    bundle = save(tmp_path, regressor(n_targets=3))
    with pytest.raises(BundleError, match=r"outputs \['a', 'b'\] .*, got 3 outputs"):
        bundle.decoder()


@pytest.mark.parametrize(
    ("labels", "names"), [(NAMES[LABELS], ("Rest", "Fist")), (LABELS, ("Rest", "Fist"))]
)
def test_weights_with_unknown_classes_are_refused(tmp_path, labels, names):
    bundle = save(tmp_path, fit(labels, "MultiClass"), classes_draft(*names))
    with pytest.raises(BundleError, match=r"expected weights for the classes \['Rest', 'Fist'\]"):
        bundle.decoder()


def test_weights_of_the_other_kind_are_refused(tmp_path):
    for model, manifest in (
        (regressor(), classes_draft("a", "b")),
        (fit(LABELS % 2, "MultiClass"), draft()),
    ):
        bundle = save(tmp_path, model, manifest)
        with pytest.raises(BundleError, match="expected weights for the classes"):
            bundle.decoder()


def test_weights_that_are_not_catboosts_are_refused(tmp_path):
    bundle = save_bundle(tmp_path, draft(), lambda path: path.write_bytes(b"junk") and None)
    with pytest.raises(BundleError, match="expected CatBoost weights in the model"):
        bundle.decoder()


def test_unknown_format_is_refused(tmp_path):
    bundle = save_bundle(
        tmp_path, draft(), lambda path: path.write_bytes(b"x") and None, weights_file="model.onnx"
    )
    with pytest.raises(BundleError, match=r"formats \['cbm'\], got 'model\.onnx'"):
        bundle.decoder()


def test_missing_catboost_says_what_to_install(tmp_path, monkeypatch):
    bundle = save(tmp_path, regressor())
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(ConfigError, match=r"install emgrig\[catboost\]"):
        bundle.decoder()
