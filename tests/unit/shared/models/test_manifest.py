"""The manifest: what it holds, and refuses."""

import numpy as np
import pytest
from emgrig.models import Target
from pydantic import ValidationError

from .model_kit import POSE, SPEC, classes_draft, draft


def test_regression_outputs_are_its_targets():
    other = {"stream": "force", "columns": [0], "names": ["grip"]}
    assert draft(targets=[POSE, other]).output_names == ["a", "b", "grip"]
    assert draft().spec == SPEC


def test_classification_outputs_are_its_classes():
    assert classes_draft("Rest", "Fist").output_names == ["Rest", "Fist"]


def test_target_takes_and_transforms_its_columns():
    rows = -np.arange(8.0).reshape(2, 4)
    absolute = Target(**POSE).apply(rows)
    assert absolute.dtype == np.float32
    np.testing.assert_array_equal(absolute, [[0, 2], [4, 6]])
    plain = Target(stream="force", columns=(3,), names=("grip",)).apply(rows)
    np.testing.assert_array_equal(plain, [[-3], [-7]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "clustering"}, "kind"),
        ({"targets": []}, "expected targets for the regression"),
        ({"targets": [POSE, POSE]}, "each name once"),
        ({"kind": "classification"}, "expected classes for the classification"),
        ({"targets": [{**POSE, "names": ["a"]}]}, "one per column"),
        ({"targets": [{**POSE, "columns": [0, -2]}]}, "greater than or equal to 0"),
        ({"targets": [{**POSE, "columns": [], "names": []}]}, "at least 1 item"),
        ({"targets": [{**POSE, "transform": "log"}]}, "transform"),
        ({"feature_spec": {}}, "expected feature spec"),
        ({"sessions": [{"name": "s", "sha256": "short"}]}, "sha256"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_values_that_do_not_fit_are_refused(change, words):
    with pytest.raises(ValidationError, match=words):
        draft(**change)
