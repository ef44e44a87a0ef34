"""The outlets' names, descriptions and cadence: contract 3.1 and 3.2."""

from pathlib import Path

import numpy as np
import pylsl
import pytest

from tests.contract.hand_streams import FIND_S, open_readback

LABELS = [
    "ThumbFlexion",
    "ThumbAbduction",
    "IndexFlexion",
    "MiddleFlexion",
    "RingFlexion",
    "PinkyFlexion",
    "WristFlexion",
    "WristAbduction",
    "WristRotation",
]
OUTLETS = [("VHI_Control", "control_hand_001"), ("VHI_Predict", "predicted_hand_001")]


@pytest.mark.parametrize(("name", "source_id"), OUTLETS)
def test_an_outlet_is_nine_floats_at_60_hz(hand, name, source_id):
    (info,) = pylsl.resolve_byprop("name", name, minimum=1, timeout=FIND_S)

    assert info.type() == "MyoGestic_9DVector"
    assert info.channel_count() == 9
    assert info.channel_format() == pylsl.cf_float32
    assert info.nominal_srate() == 60.0
    assert info.source_id() == source_id


@pytest.mark.parametrize("name", [name for name, _ in OUTLETS])
def test_the_description_has_labels_and_the_movements_file_and_nothing_else(hand, name):
    description = open_readback(name).inlet.info(FIND_S).desc()

    assert [child.name() for child in children(description)] == ["channels", "config_file"]
    channels = children(description.child("channels"))
    assert [channel.name() for channel in channels] == ["channel"] * 9
    assert all([one.name() for one in children(channel)] == ["label"] for channel in channels)
    assert [channel.child_value("label") for channel in channels] == LABELS
    path = Path(description.child_value("config_file"))
    assert path.is_absolute()
    assert path.name == "movements.toml"


def children(element):
    found, child = [], element.first_child()
    while not child.empty():
        found.append(child)
        child = child.next_sibling()
    return found


def test_samples_come_60_times_a_second_while_nothing_moves(hand, control):
    control.next(10)
    _, stamps = control.next(240)

    assert 239 / (stamps[-1] - stamps[0]) == pytest.approx(60, rel=0.02)
    assert np.median(np.diff(stamps)) == pytest.approx(1 / 60, rel=0.1)


def test_both_outlets_go_on_in_every_mode(hand, control, predicted):
    hand.SetControlMode(mode=2)

    assert len(control.fresh(30)) == 30
    assert len(predicted.fresh(30)) == 30
