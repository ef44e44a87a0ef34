"""Whoever began a protocol is killed in it: the rig goes on, to the end of its take."""

import json
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from emgrig.control import cancel_protocol, hand_pb2
from emgrig.recording import open_session
from emgrig.testing import wait_until

from tests.fault.live_rig import LiveRig
from tests.integration.operator_commands import ROOT, command_line, emgrig

pytestmark = pytest.mark.timeout(180)

PROTOCOL = 'cues = ["Fist"]\nhold_s = 2\nrest_s = 1\nrepetitions = {n}\ntake = "alone"\n'


def protocol(live: LiveRig):
    request = hand_pb2.GetHandRequest()
    return live.client.call("vhi-bridge", "Hand.GetHand", request).recording_protocol


def run_and_kill(live: LiveRig, folder: Path, repetitions: int):
    """Begin a protocol with the command line, kill that in the first fist; return the status."""
    path = folder / "protocol.toml"
    path.write_text(PROTOCOL.format(n=repetitions))
    words = command_line("record", "run", "--protocol", path, "--config", live.rig.path)
    before = protocol(live).run_id
    caller = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    wait_until(lambda: protocol(live).run_id != before and protocol(live).step >= 2, 30)
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    assert not psutil.pid_exists(caller.pid)
    return protocol(live)


def test_the_cues_go_on_to_the_end_and_the_take_ends_by_itself_and_whole(
    live: LiveRig, tmp_path: Path
) -> None:
    seen = run_and_kill(live, tmp_path, 3)
    sent = live.emg.sent()
    assert (seen.running, seen.n_steps) == (True, 7)

    # Any other program counts down.
    done = emgrig("status", "--config", live.rig.path, "--json")
    processes = json.loads(done.stdout.splitlines()[-1])["processes"]
    doing = next(p["doing"] for p in processes if p["name"] == "vhi-bridge")
    assert doing.startswith("protocol alone: step ")

    wait_until(lambda: not protocol(live).running, 40, lambda: f"{protocol(live)}")
    ended = protocol(live)
    assert (ended.run_id, ended.error, ended.step) == (seen.run_id, "", 7)
    assert not live.recording().recording
    with open_session(live.rig.sessions_dir / f"{ended.session}.session.zip") as session:
        labels = [session.class_names[label.class_index] for label in session.labels]
        numbers = session.data("emg")[:, 0]
    assert labels == ["Rest", "Fist", "Rest", "Fist", "Rest", "Fist", "Rest"]
    # 10 s by the plan; nothing is missing where the caller was killed.
    assert numbers[0] < sent < numbers[-1]
    assert len(numbers) == numbers[-1] - numbers[0] + 1 > 9 * 2048


def test_whoever_comes_later_cancels_it_and_the_hand_rests(live: LiveRig, tmp_path: Path) -> None:
    run_and_kill(live, tmp_path, 20)
    assert cancel_protocol(live.client)

    wait_until(lambda: not protocol(live).running, 30)
    ended = protocol(live)
    assert ended.cancelled
    hand = live.client.call("vhi-bridge", "Hand.GetHand", hand_pb2.GetHandRequest())
    assert hand.movement == "Rest"
    assert (live.rig.sessions_dir / f"{ended.session}.session.zip").exists()


def test_a_bridge_that_dies_ends_the_cues_and_says_so_and_the_take_goes_on(
    live: LiveRig, tmp_path: Path
) -> None:
    run_and_kill(live, tmp_path, 20)
    old_pid = live.send_signal("vhi-bridge", signal.SIGKILL)
    live.wait_restarted("vhi-bridge", old_pid)

    def says_so() -> bool:
        return "emgrig record stop" in live.troubles("vhi-bridge").get("protocol", "")

    wait_until(says_so, 20, lambda: f"{live.troubles('vhi-bridge')}")
    assert live.recording().recording
    done = emgrig("record", "stop", "--config", live.rig.path, "--json")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: not says_so(), 10)
