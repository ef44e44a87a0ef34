"""kill -9, an exception: supervisor starts it again, the others say so, no sample is lost."""

import time
from pathlib import Path

import pytest
from emgrig.recording import open_session
from emgrig.testing import wait_until

from tests.fault.harms import HARMS
from tests.fault.live_rig import FS, LiveRig

pytestmark = pytest.mark.timeout(180)

# Process -> who listens to it, and so must say that it is gone. Nobody needs the recorder.
LISTENERS = {
    "feature-extractor": ["predictor"],
    "predictor": ["vhi-bridge", "recorder"],
    "vhi-bridge": ["recorder"],
    "recorder": [],
    "trainer": ["recorder"],
    "virtual-hand": ["vhi-bridge"],
}

STAGES = ("feature-extractor", "predictor")
"""On the way of a window to its prediction."""

ENDING_S = {"kill": 0.0, "raise": 0.5}
"""What fails by an exception still brings the hand to rest and writes what it holds."""


def words_for(victim: str) -> set[str]:
    """Return under which names a listener may say that a process is gone."""
    return {"hand"} if victim == "virtual-hand" else {f"peer {victim}"}


def hand_returns(live: LiveRig) -> int:
    """Return how often a hand was back before the bridge asked it anything."""
    return int(live.client.status("vhi-bridge").counters.get("hand_returns", 0))


def seconds_until_noticed(live: LiveRig, victim: str, harm: str) -> dict[str, float]:
    """Return when supervisor had a new process, and when each listener had said so."""
    returns = hand_returns(live)
    old_pid = live.send_signal(victim, HARMS[harm])
    began, noticed = time.monotonic(), {}

    def look() -> bool:
        if "supervisor" not in noticed and live.pid(victim) not in {0, old_pid}:
            noticed["supervisor"] = time.monotonic() - began
        for listener in LISTENERS[victim]:
            is_told = bool(live.troubles(listener).keys() & words_for(victim))
            is_told |= victim == "virtual-hand" and hand_returns(live) > returns
            if listener not in noticed and is_told:
                noticed[listener] = time.monotonic() - began
        return set(noticed) == {"supervisor", *LISTENERS[victim]}

    wait_until(look, 10, lambda: f"{victim} died, noticed by {noticed}")
    return noticed


@pytest.mark.parametrize("harm", ["kill", "raise"])
@pytest.mark.parametrize("victim", LISTENERS)
def test_a_process_that_dies_comes_back_and_costs_no_sample(
    live: LiveRig, victim: str, harm: str
) -> None:
    first = live.start_recording()
    live.wait_recorded(FS // 4)

    noticed = seconds_until_noticed(live, victim, harm)
    live.wait_healthy()
    live.wait_recorded(FS // 4)
    last = live.emg.sent() - FS // 4
    recorded = live.stop_recording()

    print(f"{victim}: noticed by { ({name: round(s, 2) for name, s in noticed.items()}) }")
    assert noticed["supervisor"] < 1.0 + ENDING_S[harm]
    assert all(seconds < 2.0 + ENDING_S[harm] for seconds in noticed.values())
    assert recorded.is_in_order
    assert recorded.lost(first, last) == 0
    assert recorded.info.streams["emg"].gaps == 0
    assert recorded.info.ledger_balanced
    if victim in STAGES:
        with open_session(Path(recorded.info.path)) as session:
            skipped = session.extras["emgrig"]["windows"]["skipped"]
        print(skipped)
        assert skipped[f"{victim}_away"] > 0
