"""The randomised version of all of it, briefly; `make chaos` runs it for as long as you like."""

import pytest

from tests.fault.chaos import Chaos, pause, report
from tests.fault.live_rig import LiveRig

pytestmark = pytest.mark.timeout(180)

SECONDS = 25.0


def test_twenty_seconds_of_random_harm_lose_nothing(doubled: LiveRig) -> None:
    unsafe_before_s = doubled.hand.unsafe_s()
    first = doubled.start_recording()
    chaos = Chaos(doubled, seed=1, freeze_s=(0.5, 5.0))

    chaos.run(SECONDS)
    doubled.wait_healthy()
    last = doubled.emg.sent()
    pause(1.0)
    document = report(chaos, doubled.stop_recording(), (first, last))

    assert sum(document["by_process"].values()) > 3
    assert document["samples_lost"] == 0, document
    assert document["duplicates"] == 0, document
    assert document["session_sound"], document
    assert document["hand_unsafe_ms"] == pytest.approx(1000 * unsafe_before_s, abs=1), document
    assert document["hand_dangers"] == [], document
