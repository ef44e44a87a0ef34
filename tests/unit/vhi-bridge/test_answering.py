"""What the operator asks for, checked before anything moves."""

import pytest
from emgrig.control import hand_pb2
from emgrig.dsp import FilterSettings
from emgrig.errors import RequestError
from emgrig_vhi_bridge.answering import class_index_of, filter_settings_of

CLASSES = ["Rest", "Fist", "Wave"]
MOVEMENTS = ["Rest", "Fist", "Pinch"]


def test_class_index_is_the_position_among_the_rig_s_classes():
    assert class_index_of("Fist", CLASSES, MOVEMENTS) == 1


def test_unknown_class_is_refused_with_the_classes_there_are():
    with pytest.raises(RequestError, match=r"\['Rest', 'Fist', 'Wave'\], got 'fist'"):
        class_index_of("fist", CLASSES, MOVEMENTS)


def test_class_that_the_hand_cannot_show_is_refused_with_what_it_can():
    with pytest.raises(RequestError, match=r"\['Rest', 'Fist', 'Pinch'\], got 'Wave'"):
        class_index_of("Wave", CLASSES, MOVEMENTS)


def test_absent_hand_forbids_no_class():
    assert class_index_of("Wave", CLASSES, []) == 2


def test_filter_request_changes_only_what_it_names():
    current = FilterSettings(kind="gaussian", window=7, sigma=2.0)

    settings = filter_settings_of(hand_pb2.OutputFilter(beta=0.0), current)

    assert settings == FilterSettings(kind="gaussian", window=7, sigma=2.0, beta=0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "kalman"},
        {"min_cutoff_hz": 0.0},
        {"beta": 1.1},
        {"d_cutoff_hz": float("nan")},
        {"window": 31},
        {"sigma": -1.0},
    ],
    ids=str,
)
def test_filter_out_of_its_range_is_refused(wrong):
    with pytest.raises(RequestError):
        filter_settings_of(hand_pb2.OutputFilter(**wrong), FilterSettings())
