"""Whatever dies, the predicted hand is at rest within a second of the last good prediction."""

import signal

import numpy as np
import pytest

from tests.fault.hand_witness import REST_WITHIN_S
from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(120)


def rest_after_s(live: LiveRig) -> float:
    """Wait until the hand shows rest; return how long after the last good prediction it did."""
    rest = live.hand.wait_shown_rest(4.0)
    pushed = [
        m.fields["t_pushed"] for m in live.hand.messages if m.fields["reason"] == "prediction"
    ]
    return rest.came - max(t for t in pushed if t <= rest.came)


def ramp_before_rest(live: LiveRig) -> np.ndarray:
    """Return the index finger from the last prediction to rest."""
    rest = live.hand.wait_rest(4.0)
    last = live.hand.newest_prediction().fields["t_pushed"]
    return np.array([s.pose[2] for s in live.hand.poses if last < s.t <= rest.t])


@pytest.mark.parametrize("victim", ["feature-extractor", "predictor", "emg-acquirer"])
def test_a_frozen_process_on_the_way_brings_the_hand_to_rest_by_a_ramp(
    live: LiveRig, victim: str
) -> None:
    live.send_signal(victim, signal.SIGSTOP)

    try:
        seconds = rest_after_s(live)
        ramp = ramp_before_rest(live)
    finally:
        live.send_signal(victim, signal.SIGCONT)

    print(f"{victim}: at rest {seconds:.3f} s after the last good prediction")
    assert seconds < REST_WITHIN_S
    assert np.all(np.diff(ramp) >= 0)
    assert np.abs(np.diff(ramp)).max() < 0.15
    live.wait_healthy()
    assert not live.hand.dangers()


@pytest.mark.parametrize("victim", ["feature-extractor", "predictor", "emg-acquirer"])
def test_a_killed_process_on_the_way_brings_the_hand_to_rest_in_time(
    live: LiveRig, victim: str
) -> None:
    before = live.hand.unsafe_s()

    old = live.send_signal(victim, signal.SIGKILL)
    live.wait_restarted(victim, old)
    live.wait_healthy()

    assert live.hand.unsafe_s() == pytest.approx(before, abs=1e-3)
    assert not live.hand.dangers()


def test_a_device_that_dies_brings_the_hand_to_rest(live: LiveRig) -> None:
    live.emg.switch(on=False)

    try:
        seconds = rest_after_s(live)
    finally:
        live.emg.switch(on=True)

    print(f"device: at rest {seconds:.3f} s after the last good prediction")
    assert seconds < REST_WITHIN_S
    live.wait_healthy()
    assert not live.hand.dangers()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["kill", "freeze"])
def test_a_bridge_that_dies_leaves_the_hand_at_rest(live: LiveRig, number: signal.Signals) -> None:
    before = live.hand.unsafe_s()
    live.send_signal("vhi-bridge", number)

    try:
        seconds = rest_after_s(live)
    finally:
        if number == signal.SIGSTOP:
            live.send_signal("vhi-bridge", signal.SIGCONT)

    print(f"vhi-bridge {number.name}: at rest {seconds:.3f} s after the last good prediction")
    live.wait_healthy()
    assert seconds < REST_WITHIN_S
    assert live.hand.unsafe_s() == pytest.approx(before, abs=1e-3)
    assert not live.hand.dangers()
