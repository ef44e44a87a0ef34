"""The only acquirer dies, alone or with the recorder: the loss is exactly the outage."""

import signal

import numpy as np
import pytest

from tests.fault.live_rig import FS, LiveRig

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("victims", [("emg-acquirer",), ("emg-acquirer", "recorder")], ids=len)
def test_the_loss_is_the_outage_and_a_gap_of_its_length(
    live: LiveRig, victims: tuple[str, ...]
) -> None:
    first = live.start_recording()
    live.wait_recorded(FS // 4)

    old = {victim: live.send_signal(victim, signal.SIGKILL) for victim in victims}
    for victim in victims:
        live.wait_restarted(victim, old[victim])
    live.wait_healthy()
    live.wait_recorded(FS // 4)
    last = live.emg.sent() - FS // 4
    recorded = live.stop_recording()

    lost = recorded.lost(first, last)
    (gap,) = recorded.books["gaps"]["emg"]
    print(f"one acquirer: {lost / FS:.2f} s lost")
    assert recorded.is_in_order
    assert 0 < lost < 6 * FS
    assert gap["kind"] == "epoch"
    assert gap["seconds"] == pytest.approx((lost + 1) / FS, abs=0.01)
    holes = np.flatnonzero(np.diff(recorded.numbers) > 1)
    assert holes.tolist() == [gap["after_index"]]
