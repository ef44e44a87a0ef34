"""Small real CatBoost models and their manifests."""

import numpy as np
from catboost import CatBoost
from emgrig.dsp import FeatureSpec
from emgrig.models import ManifestDraft, save_bundle

SPEC = FeatureSpec(
    window_samples=8, sample_rate_hz=200, n_channels=2, sub_window_samples=4, engine="numpy"
)
FEATURES = np.random.default_rng(0).normal(size=(40, SPEC.n_features)).astype(np.float32)
QUIET = {"iterations": 4, "verbose": False, "allow_writing_files": False, "thread_count": 1}
POSE = {"stream": "vhi_control", "columns": [0, 2], "transform": "abs", "names": ["a", "b"]}


def fit(labels, loss, n_features=SPEC.n_features):
    """Train a tiny model on the features."""
    model = CatBoost({**QUIET, "loss_function": loss})
    return model.fit(FEATURES[:, :n_features], labels)


def regressor(n_features=SPEC.n_features, n_targets=2):
    targets = FEATURES[:, :n_targets] * 2
    return fit(targets, "MultiRMSE" if n_targets > 1 else "RMSE", n_features)


def draft(**changes):
    values = {"kind": "regression", "feature_spec": SPEC.to_dict(), "targets": [POSE]}
    return ManifestDraft(**(values | changes))


def classes_draft(*names):
    return draft(kind="classification", targets=[], classes=names)


def save(root, model, manifest_draft=None):
    def write(path):
        model.save_model(str(path))

    return save_bundle(root, manifest_draft or draft(), write)
