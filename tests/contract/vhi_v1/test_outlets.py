"""The outlets' names, descriptions and cadence: contract 3.1 and 3.2."""

import os
import signal
import threading
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


def test_samples_bear_the_clock_of_lsl_at_which_they_were_pushed(hand, control):
    (_,), (stamp,) = control.next(1)

    ahead_s = control.inlet.time_correction(FIND_S) + stamp - pylsl.local_clock()
    assert ahead_s == pytest.approx(0, abs=1.0)


def test_a_hand_that_was_late_makes_up_for_it_with_equal_samples(our_hand, control):
    our_hand.SetMovement(movement_name="Index", cycle=True)
    control.next(10)
    process = our_hand.process.popen
    for _ in range(3):
        os.kill(process.pid, signal.SIGSTOP)
        threading.Event().wait(0.1)  # six frames: it is about how long it stood still
        os.kill(process.pid, signal.SIGCONT)

    values, stamps = control.next(60)

    # What is due comes at once, and shows one pose.
    fours = [slice(k, k + 4) for k in range(57) if stamps[k + 3] - stamps[k] < 0.01]
    assert any((values[four] == values[four][0]).all() for four in fours)


def test_both_outlets_go_on_in_every_mode(hand, control, predicted):
    hand.SetControlMode(mode=2)

    assert len(control.fresh(30)) == 30
    assert len(predicted.fresh(30)) == 30
