"""SIGSTOP, later SIGCONT: the others go on and say so, the flow resumes by itself, nothing is lost.

supervisor does not see a frozen process, since it has not ended; see docs/decisions.
"""

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from emgrig.testing import wait_until

from tests.fault.hand_witness import wait_ms
from tests.fault.live_rig import FS, LiveRig
from tests.fault.test_killed_process import LISTENERS

pytestmark = pytest.mark.timeout(180)

FROZEN_S = float(os.environ.get("EMGRIG_FROZEN_S", "6"))
"""20 in the issue; a shorter freeze shows the same, since every limit is below 6 s."""

ALL = {**LISTENERS, "emg-acquirer": ["feature-extractor", "recorder"]}


@pytest.fixture
def thaw(live: LiveRig) -> Iterator[list[str]]:
    """Names of frozen processes; whatever happens they are set going again."""
    frozen: list[str] = []
    yield frozen
    for name in frozen:
        live.send_signal(name, signal.SIGCONT)


def names_peer(live: LiveRig, listener: str, victim: str) -> bool:
    return f"peer {victim}" in live.troubles(listener)


@pytest.mark.parametrize("victim", ALL)
def test_a_frozen_process_goes_on_and_costs_no_sample(
    live: LiveRig, thaw: list[str], victim: str
) -> None:
    first = live.start_recording()
    live.wait_recorded(FS // 4)

    thaw.append(victim)
    pid = live.send_signal(victim, signal.SIGSTOP)
    for listener in ALL[victim]:
        wait_until(partial(names_peer, live, listener, victim), 6)
    wait_ms(FROZEN_S * 1000)
    live.send_signal(victim, signal.SIGCONT)
    live.wait_healthy()
    live.wait_recorded(FS // 4)
    last = live.emg.sent() - FS // 4
    recorded = live.stop_recording()

    assert live.pid(victim) == pid
    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced
    assert not live.hand.dangers()
