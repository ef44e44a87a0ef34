"""The only acquirer dies, alone or with the recorder: the loss is exactly the outage."""

import signal
import time

import numpy as np
import pytest
from emgrig.testing import wait_until

from tests.fault.live_rig import FS, LiveRig

pytestmark = pytest.mark.timeout(180)

UNSENT_S = 0.5
"""What it had read before it died, or reads before it says so, and the recorder did not get."""


@pytest.mark.parametrize("victims", [("emg-acquirer",), ("emg-acquirer", "recorder")], ids=len)
def test_the_loss_is_the_outage_and_a_gap_of_its_length(
    live: LiveRig, victims: tuple[str, ...]
) -> None:
    first = live.start_recording()
    live.wait_recorded(FS // 4)

    killed = time.monotonic()
    old = {victim: live.send_signal(victim, signal.SIGKILL) for victim in victims}
    for victim in victims:
        live.wait_restarted(victim, old[victim])
    wait_until(lambda: live.state("emg-acquirer") == "RUNNING", 40)
    outage_s = time.monotonic() - killed
    live.wait_healthy()
    live.wait_recorded(FS // 4)
    last = live.emg.sent() - FS // 4
    recorded = live.stop_recording()

    lost = recorded.lost(first, last)
    (gap,) = recorded.books["gaps"]["emg"]
    print(f"one acquirer: {lost / FS:.2f} s lost of {outage_s:.2f} s")
    assert recorded.is_in_order
    assert 0 < lost / FS < outage_s + UNSENT_S
    assert gap["kind"] == "epoch"
    assert gap["seconds"] == pytest.approx((lost + 1) / FS, abs=0.01)
    holes = np.flatnonzero(np.diff(recorded.numbers) > 1)
    assert holes.tolist() == [gap["after_index"]]
    assert recorded.info.ledger_balanced, recorded.books["windows"]
