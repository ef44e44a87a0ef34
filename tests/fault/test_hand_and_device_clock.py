"""The device's clock is set while its EMG moves a hand: the hand follows, and never old data."""

import signal

import pytest
from emgrig.testing import wait_until

from tests.fault.hand_witness import MAX_AGE_S, wait_ms
from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(120)

HOUR_S = 3600.0


def is_told_by(live: LiveRig, ahead_s: float) -> bool:
    """Tell whether the newest pose is of EMG whose stamps are so far ahead."""
    newest = live.hand.newest_prediction()
    return abs(newest.t_last - newest.fields["t_pushed"] - ahead_s) < MAX_AGE_S


@pytest.mark.parametrize("ahead_s", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_a_hand_follows_through_a_jump_of_the_clock_and_old_data_moves_it_no_more_than_ever(
    live: LiveRig, ahead_s: float
) -> None:
    before = live.hand.unsafe_s()
    live.emg.set_clock(ahead_s)
    try:
        wait_until(lambda: is_told_by(live, ahead_s), 5)
        assert not live.hand.poses[-1].is_rest

        # What the acquirer finds when it goes on is up to 2 s old, whatever its stamps say.
        live.send_signal("emg-acquirer", signal.SIGSTOP)
        wait_ms(2000)
        live.send_signal("emg-acquirer", signal.SIGCONT)
        live.wait_healthy()
        assert is_told_by(live, ahead_s)
    finally:
        live.emg.set_clock(0.0)
    wait_until(lambda: is_told_by(live, 0.0), 5)

    live.wait_healthy()
    assert not live.hand.dangers()
    assert live.hand.unsafe_s() == pytest.approx(before, abs=1e-3)
