"""What the operator asks for, checked before anything moves."""

import pytest
from emgrig.control import hand_pb2
from emgrig.dsp import FilterSettings
from emgrig.errors import RequestError
from emgrig_vhi_bridge.found_hand import Smoothing, Speed
from emgrig_vhi_bridge.translating import (
    class_index_of,
    filter_settings_of,
    smoothing_message_of,
    smoothing_of,
    speed_message_of,
    speed_of,
)

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


def test_speed_request_says_only_what_it_names_and_zero_is_a_value():
    assert speed_of(hand_pb2.HandSpeed(hold_s=0.0)) == Speed(hold_s=0.0)
    assert speed_of(hand_pb2.HandSpeed()) == Speed()


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency_hz": 0.0},
        {"frequency_hz": float("inf")},
        {"hold_s": -1.0},
        {"rest_s": float("nan")},
    ],
    ids=str,
)
def test_speed_out_of_its_range_is_refused(wrong):
    with pytest.raises(RequestError, match=next(iter(wrong))):
        speed_of(hand_pb2.HandSpeed(**wrong))


def test_speed_in_a_status_leaves_out_what_the_hand_was_not_told():
    message = speed_message_of(Speed(frequency_hz=2.0))

    assert message == hand_pb2.HandSpeed(frequency_hz=2.0)
    assert not message.HasField("rest_s")


def test_smoothing_goes_both_ways():
    smoothing = smoothing_of(hand_pb2.HandSmoothing(enabled=True, speed=3.0))

    assert smoothing == Smoothing(True, 3.0)
    assert smoothing_message_of(smoothing) == hand_pb2.HandSmoothing(enabled=True, speed=3.0)
    assert smoothing_message_of(None) is None


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_smoothing_speed_out_of_its_range_is_refused(speed):
    with pytest.raises(RequestError, match="smoothing speed above 0"):
        smoothing_of(hand_pb2.HandSmoothing(enabled=True, speed=speed))
