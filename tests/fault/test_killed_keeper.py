"""The keeper, the last process before the hand, dies or stands still; alone or with its bridge."""

import signal

import numpy as np
import psutil
import pylsl
import pytest
from emgrig.testing import wait_until

from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(120)

NOBODY_THERE_S = 10.0
"""For as long a hand may hold its pose when both are gone: a bridge starts, its stream is found."""


def keeper_of(live: LiveRig) -> psutil.Process:
    (keeper,) = psutil.Process(live.pid("vhi-bridge")).children()
    return keeper


def restarts(live: LiveRig) -> int:
    return int(live.client.status("vhi-bridge").counters.get("keeper_restarts", 0))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["kill", "freeze"])
def test_a_keeper_that_dies_is_replaced_and_the_hand_follows_again(
    live: LiveRig, number: signal.Signals
) -> None:
    before, old = restarts(live), keeper_of(live)

    old.send_signal(number)
    old.wait(5)
    wait_until(lambda: restarts(live) == before + 1, 10)
    live.wait_healthy()

    assert keeper_of(live).pid != old.pid
    assert not live.hand.dangers()


def test_a_keeper_and_its_bridge_die_together_and_the_next_bridge_brings_the_hand_to_rest(
    live: LiveRig,
) -> None:
    live.send_signal("predictor", signal.SIGSTOP)
    try:
        keeper = keeper_of(live)
        live.send_signal("vhi-bridge", signal.SIGSTOP)
        keeper.kill()
        died = pylsl.local_clock()
        live.send_signal("vhi-bridge", signal.SIGKILL)
        rest = live.hand.wait_shown_rest(NOBODY_THERE_S)
    finally:
        live.send_signal("predictor", signal.SIGCONT)

    held = [s.pose for s in live.hand.shown if died < s.came < rest.came]
    print(f"the hand held its pose for {rest.came - died:.2f} s")
    assert np.ptp(held, axis=0).max() < 1e-6
    live.wait_healthy()
    assert not live.hand.dangers()
