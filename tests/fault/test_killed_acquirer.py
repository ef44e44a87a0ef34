"""One of two acquirers dies: nothing is lost."""

import signal

import numpy as np
import pytest
from emgrig.recording import verify_session

from tests.fault.hand_witness import wait_ms
from tests.fault.live_rig import FS, LiveRig

pytestmark = pytest.mark.timeout(180)

ACQUIRERS = ("emg-acquirer", "emg-acquirer-2")


@pytest.mark.parametrize("victim", ACQUIRERS)
def test_with_two_acquirers_the_death_of_either_loses_nothing(
    doubled: LiveRig, victim: str
) -> None:
    first = doubled.start_recording()
    doubled.wait_recorded(FS // 4)

    old = doubled.send_signal(victim, signal.SIGKILL)
    doubled.wait_restarted(victim, old)
    doubled.wait_healthy()
    doubled.wait_recorded(FS // 4)
    live_count = doubled.recording().streams["emg"].samples
    last = doubled.emg.sent() - FS // 4
    recorded = doubled.stop_recording()

    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced
    assert verify_session(recorded.path).is_sound
    # The count that is shown while recording does not count both.
    assert live_count <= len(recorded.numbers)
    assert np.diff(recorded.times).max() < 2 / FS


def test_both_die_one_after_the_other_and_nothing_is_lost(doubled: LiveRig) -> None:
    first = doubled.start_recording()
    doubled.wait_recorded(FS // 4)

    for victim in ACQUIRERS:
        old = doubled.send_signal(victim, signal.SIGKILL)
        doubled.wait_restarted(victim, old)
        doubled.wait_healthy()
    doubled.wait_recorded(FS // 4)
    last = doubled.emg.sent() - FS // 4
    recorded = doubled.stop_recording()

    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced, recorded.books["windows"]
    origins = {run["source"] for run in recorded.books["streams"]["emg"]["epochs"]}
    assert origins == set(ACQUIRERS)


def test_an_acquirer_and_the_recorder_die_together_and_nothing_is_lost(doubled: LiveRig) -> None:
    first = doubled.start_recording()
    doubled.wait_recorded(FS // 4)

    victims = ("emg-acquirer", "recorder")
    old = {victim: doubled.send_signal(victim, signal.SIGKILL) for victim in victims}
    for victim in victims:
        doubled.wait_restarted(victim, old[victim])
    doubled.wait_healthy()
    doubled.wait_recorded(FS // 4)
    last = doubled.emg.sent() - FS // 4
    recorded = doubled.stop_recording()

    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced, recorded.books["windows"]


def test_a_frozen_acquirer_of_two_is_not_missed(doubled: LiveRig) -> None:
    first = doubled.start_recording()
    doubled.wait_recorded(FS // 4)
    doubled.send_signal("emg-acquirer", signal.SIGSTOP)

    wait_ms(1500)
    age_s = doubled.hand.poses[-1].came - doubled.hand.newest_prediction().t_last
    doubled.send_signal("emg-acquirer", signal.SIGCONT)
    doubled.wait_healthy()
    doubled.wait_recorded(FS // 4)
    last = doubled.emg.sent() - FS // 4
    recorded = doubled.stop_recording()

    assert age_s < 0.3
    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.ledger_balanced, recorded.books["windows"]
