"""Outlets, and one stream per address: contract 5.7 and 5.8."""

import math

import numpy as np
import pylsl
import pytest

from tests.contract.hand_streams import FIND_S, open_readback
from tests.contract.vhi_v2.conftest import (
    CONTROL_POSE,
    FIST,
    INDEX,
    PREDICTION,
    QUIET_S,
    SUFFIXES,
    pose,
    stream,
    streams,
)

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


@pytest.mark.parametrize("name", ["VHI_Control", "VHI_Predict"])
def test_an_outlet_has_nine_float32_at_60_hz(hand, name):
    info = open_readback(name).inlet.info(FIND_S)

    assert (info.channel_count(), info.channel_format()) == (9, pylsl.cf_float32)
    assert info.nominal_srate() == 60.0


@pytest.mark.parametrize("name", ["VHI_Control", "VHI_Predict"])
def test_an_outlet_names_its_sign_and_is_not_taken_for_generation_1(our_hand, name):
    info = open_readback(name).inlet.info(FIND_S)

    assert info.desc().child_value("pose_convention") == "standard"
    assert info.source_id() not in {"control_hand_001", "predicted_hand_001", ""}
    assert info.get_channel_labels() == LABELS


def test_outlets_send_60_samples_a_second_whether_or_not_anything_moves(control):
    _, stamps = control.next(180)

    assert 1 / np.mean(np.diff(stamps)) == pytest.approx(60, rel=0.05)


def test_samples_bear_the_clock_of_lsl_at_which_they_were_pushed(control):
    (_,), (stamp,) = control.next(1)

    ahead_s = control.inlet.time_correction(FIND_S) + stamp - pylsl.local_clock()
    assert ahead_s == pytest.approx(0, abs=1.0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_stream_moves_its_channel_of_the_predicted_hand(hand, predicted, suffix):
    with stream(PREDICTION + suffix) as sender:
        for value in (1.0, -1.0, 0.25):
            sender.show(value, predicted, pose(**{suffix.replace(".", "_"): value}))


def test_every_stream_of_the_control_hand_moves_its_own_channel(hand, control):
    values = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 0.9]
    with streams(*(CONTROL_POSE + suffix for suffix in SUFFIXES)) as senders:

        def send_all():
            for sender, value in zip(senders, values, strict=True):
                sender.send(value)

        control.wait_for(values, each=send_all)


def test_streams_move_their_channels_together(hand, predicted):
    with stream(INDEX) as index, stream(PREDICTION + "ring") as ring:
        index.show(0.5, predicted, pose(index=0.5))
        ring.show(0.75, predicted, pose(index=0.5, ring=0.75))


def test_an_address_that_falls_silent_holds_its_value(hand, predicted):
    with stream(INDEX) as sender:
        sender.show(0.5, predicted, pose(index=0.5))

    assert np.allclose(predicted.fresh(120), pose(index=0.5), atol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_sample_that_is_no_number_is_ignored(hand, predicted, bad):
    with stream(INDEX) as sender:
        sender.show(0.5, predicted, pose(index=0.5))
        sender.send(bad)

        assert np.allclose(predicted.fresh(30), pose(index=0.5), atol=1e-6)
        sender.show(0.25, predicted, pose(index=0.25))


@pytest.mark.parametrize("beyond", [1.5, -3.0])
def test_a_sample_beyond_the_range_never_shows_beyond_it(hand, predicted, beyond):
    with stream(INDEX) as sender:
        sender.show(0.5, predicted, pose(index=0.5))
        sender.send(beyond)

        assert np.abs(predicted.fresh(30)).max() <= 1.0


def test_a_wider_stream_is_refused(hand, predicted):
    info = pylsl.StreamInfo(INDEX, "Control", 2, 32.0, pylsl.cf_float32, "wide")
    outlet = pylsl.StreamOutlet(info)

    assert not outlet.wait_for_consumers(QUIET_S / 2)
    outlet.push_sample([1.0, 1.0])
    assert not predicted.fresh(30).any()


def test_two_senders_of_one_address_are_both_refused(our_hand, predicted):
    info = [pylsl.StreamInfo(INDEX, "Control", 1, 32.0, pylsl.cf_float32, name) for name in "ab"]
    outlets = [pylsl.StreamOutlet(one) for one in info]

    assert not outlets[0].wait_for_consumers(QUIET_S / 2)
    assert not outlets[1].have_consumers()


def test_a_stream_of_the_control_hand_wins_until_it_is_silent_for_5_s(hand, control):
    hand.gesture("Fist")
    control.wait_for(FIST)
    with stream(CONTROL_POSE + "index") as sender:
        sender.show(0.5, control, pose(index=0.5))

    control.wait_for(FIST, timeout_s=QUIET_S)


def test_a_replaced_sender_is_picked_up(hand, predicted):
    for value in (0.5, 0.75):
        with stream(INDEX) as sender:
            sender.show(value, predicted, pose(index=value))


def test_a_sender_that_pauses_for_longer_is_heard_again(hand, predicted):
    with stream(INDEX) as sender:
        sender.show(0.5, predicted, pose(index=0.5))
        # Dropped after 5 s, found again a moment later.
        predicted.next(60 * 9)
        for _ in range(600):
            sender.send(0.75)
            if predicted.next(1)[0][0][2] == 0.75:
                return
    raise AssertionError("the sender was not heard again")
