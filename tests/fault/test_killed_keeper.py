"""The keeper, the last process before the hand, dies or stands still; alone or with its bridge."""

import signal

import psutil
import pytest
from emgrig.testing import wait_until

from tests.fault.hand_witness import REST_WITHIN_S
from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(120)


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


def test_a_keeper_and_its_bridge_die_together_and_the_hand_comes_to_rest_or_follows(
    live: LiveRig,
) -> None:
    keeper = keeper_of(live)
    live.send_signal("vhi-bridge", signal.SIGSTOP)
    keeper.kill()
    old = live.send_signal("vhi-bridge", signal.SIGKILL)

    took_s = live.wait_restarted("vhi-bridge", old)
    live.wait_healthy()

    print(f"another bridge after {took_s:.2f} s")
    assert took_s < REST_WITHIN_S
    assert not live.hand.dangers()
