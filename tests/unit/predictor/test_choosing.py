"""A class, or none."""

import numpy as np
import pytest
from emgrig_predictor.choosing import REJECTED, choose

NAMES = ["Rest", "Fist", "Hook"]


def test_the_likeliest_class_is_chosen():
    assert choose(np.array([0.1, 0.7, 0.2]), NAMES, min_confidence=0.6) == ("Fist", 1)


def test_the_threshold_itself_is_enough():
    assert choose(np.array([0.5, 0.25, 0.25]), NAMES, min_confidence=0.5).class_name == "Rest"


@pytest.mark.parametrize("probabilities", [[0.4, 0.35, 0.25], [np.nan] * 3])
def test_what_nobody_is_sure_of_is_rejected(probabilities):
    assert choose(np.array(probabilities), NAMES, min_confidence=0.6) == REJECTED == ("", -1)


def test_no_threshold_rejects_nothing_and_takes_the_first_of_equals():
    assert choose(np.full(3, 1 / 3), NAMES, min_confidence=0.0) == ("Rest", 0)
