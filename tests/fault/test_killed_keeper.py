"""The keeper, the last process before the hand, dies or stands still; alone or with its bridge."""

import signal

import psutil
import pylsl
import pytest
from emgrig.testing import wait_until

from tests.fault.hand_witness import REST_WITHIN_S
from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(120)

HARMS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


def keeper_of(live: LiveRig) -> psutil.Process:
    (keeper,) = psutil.Process(live.pid("vhi-bridge")).children()
    return keeper


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or waits for whoever adopted it to notice."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def restarts(live: LiveRig) -> int:
    return int(live.client.status("vhi-bridge").counters.get("keeper_restarts", 0))


@pytest.mark.parametrize("number", HARMS.values(), ids=HARMS)
def test_a_keeper_that_nobody_wakes_is_replaced_and_the_hand_follows_again(
    live: LiveRig, number: signal.Signals
) -> None:
    before, old = restarts(live), keeper_of(live)
    (heir,) = old.children()

    old.send_signal(number)
    # Only now: a keeper that goes on starts another one.
    heir.kill()
    old.wait(5)
    wait_until(lambda: restarts(live) == before + 1, 10)
    live.wait_healthy()

    assert keeper_of(live).pid != old.pid
    assert not live.hand.dangers()


def test_a_keeper_that_stands_still_is_woken_by_its_heir(live: LiveRig) -> None:
    before, keeper = restarts(live), keeper_of(live)

    keeper.send_signal(signal.SIGSTOP)
    wait_until(lambda: keeper.status() != psutil.STATUS_STOPPED, 5)
    live.wait_healthy()

    assert restarts(live) == before
    assert not live.hand.dangers()


def test_an_heir_that_dies_is_replaced_by_one_that_wakes_the_keeper(live: LiveRig) -> None:
    before, keeper = restarts(live), keeper_of(live)
    (old,) = keeper.children()

    old.kill()
    wait_until(lambda: any(heir != old and is_loaded(heir) for heir in keeper.children()), 10)
    keeper.send_signal(signal.SIGSTOP)
    wait_until(lambda: keeper.status() != psutil.STATUS_STOPPED, 5)
    live.wait_healthy()

    (heir,) = keeper.children()
    assert heir != old
    assert has_ended(old)
    assert restarts(live) == before
    assert not live.hand.dangers()


def test_an_heir_that_dies_leaves_the_hand_to_its_keeper(live: LiveRig) -> None:
    before, keeper = restarts(live), keeper_of(live)

    (heir,) = keeper.children()
    heir.kill()
    live.hand.wait_following()
    live.send_signal("vhi-bridge", signal.SIGKILL)
    # The hand itself, not its stream, which the test before may have made its witness lose.
    live.hand.wait_shown_rest(2 * REST_WITHIN_S)
    live.wait_healthy()

    assert has_ended(keeper)
    assert restarts(live) <= before
    assert not live.hand.dangers()


def is_loaded(heir: psutil.Process) -> bool:
    """Whether it runs and has imported what it needs."""
    try:
        return any("liblsl" in library.path for library in heir.memory_maps())
    except psutil.Error:
        return False


@pytest.mark.parametrize("bridge_number", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("keeper_number", HARMS.values(), ids=HARMS)
def test_with_keeper_and_bridge_gone_together_the_heir_brings_the_hand_to_rest(
    live: LiveRig, keeper_number: signal.Signals, bridge_number: signal.Signals
) -> None:
    live.send_signal("predictor", signal.SIGSTOP)
    keeper = keeper_of(live)
    bridge = psutil.Process(live.pid("vhi-bridge"))
    try:
        # Frozen first, so that it replaces no keeper in the moment before its own death.
        bridge.send_signal(signal.SIGSTOP)
        keeper.send_signal(keeper_number)
        died = pylsl.local_clock()
        bridge.send_signal(bridge_number)
        rest = live.hand.wait_shown_rest(10.0)
    finally:
        if bridge_number == signal.SIGSTOP:
            bridge.send_signal(signal.SIGCONT)
        live.send_signal("predictor", signal.SIGCONT)

    print(f"the hand rests after {rest.came - died:.2f} s")
    assert rest.came - died < REST_WITHIN_S
    live.wait_healthy()
    assert not live.hand.dangers()
