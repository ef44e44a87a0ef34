"""SIGSTOP, 20 s later SIGCONT: the others go on and say so, nothing is lost.

Several at once. supervisor itself does not see a frozen process, since it has not ended: who asks
it is told by us, and nobody restarts it; see docs/decisions.
"""

import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest
from emgrig.runtime.supervision import FROZEN
from emgrig.testing import wait_until

from tests.fault.hand_witness import wait_ms
from tests.fault.live_rig import FS, LiveRig
from tests.fault.test_killed_process import LISTENERS, words_for

pytestmark = pytest.mark.timeout(180)

FROZEN_S = 20.0
ALL = {**LISTENERS, "emg-acquirer": ["feature-extractor", "recorder"]}
GROUPS = [
    ("emg-acquirer", "recorder"),
    ("predictor", "vhi-bridge"),
    ("feature-extractor", "trainer", "virtual-hand"),
]


@pytest.fixture
def frozen(live: LiveRig) -> Iterator[list[str]]:
    """Names of frozen processes; whatever happens they are set going again."""
    names: list[str] = []
    yield names
    for name in names:
        live.send_signal(name, signal.SIGCONT)


def names_peer(live: LiveRig, listener: str, victim: str) -> bool:
    return bool(live.troubles(listener).keys() & words_for(victim))


def seconds_until_named(live: LiveRig, listener: str, victim: str, began: float) -> float:
    wait_until(partial(names_peer, live, listener, victim), 6)
    return time.monotonic() - began


@pytest.mark.parametrize("victims", GROUPS, ids=" and ".join)
def test_frozen_processes_go_on_and_cost_no_sample(
    live: LiveRig, frozen: list[str], victims: tuple[str, ...]
) -> None:
    first = live.start_recording()
    live.wait_recorded(FS // 4)

    frozen += victims
    pids = {victim: live.send_signal(victim, signal.SIGSTOP) for victim in victims}
    began = time.monotonic()
    assert {live.program(victim).state for victim in victims} == {FROZEN}
    named_s = {
        (victim, listener): seconds_until_named(live, listener, victim, began)
        for victim in victims
        for listener in set(ALL[victim]) - set(victims)
    }
    print({names: round(s, 2) for names, s in named_s.items()})
    # The hand is not ours: it is missed when it does not answer.
    assert all(s < 2.0 for (victim, _), s in named_s.items() if victim != "virtual-hand")
    wait_ms(FROZEN_S * 1000)
    for victim in victims:
        live.send_signal(victim, signal.SIGCONT)
    live.wait_healthy()
    live.wait_recorded(FS // 4)
    last = live.emg.sent() - FS // 4
    recorded = live.stop_recording()

    assert {victim: live.pid(victim) for victim in victims} == pids
    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced, recorded.books["windows"]
    assert not live.hand.dangers()
