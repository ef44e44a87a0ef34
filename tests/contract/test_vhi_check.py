"""``emgrig vhi check`` moves everything a hand has and says what moved, in either generation."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from emgrig.testing import make_rig, running
from emgrig_virtual_hand.config import VirtualHandSettings

EMGRIG = Path(sys.executable).parent / "emgrig"


def check(port, *words):
    command = [EMGRIG, "vhi", "check", "--port", str(port), "--seconds", "0.5", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)


@pytest.fixture
def hand(tmp_path):
    rig = make_rig(tmp_path)
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    return lambda generation: (running("virtual-hand", rig, ["--protocol", generation]), port)


def test_every_number_of_generation_2_is_swept_and_every_gesture_held(hand):
    process, port = hand("v2")
    with process:
        done = check(port, "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["protocol"], result["broken"]) == ("v2", [])
    assert len(result["checked"]) == 17 + 18
    moved = {one["name"]: one["moved"] for one in result["checked"]}
    assert moved["vhi.prediction.index"]["WaveBone_7 hi"] == 85
    assert moved["vhi.prediction.index"]["WaveBone_7 lo"] == -85
    assert moved["Index"] == {"index": pytest.approx(1)}
    assert moved["WristUpDown"].keys() == {"wrist flexion"}


def test_every_movement_of_generation_1_is_held(hand):
    process, port = hand("v1")
    with process:
        done = check(port, "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["protocol"], len(result["checked"])) == ("v1", 17)
    moved = {one["name"]: one["moved"] for one in result["checked"]}
    assert moved["Rest"] == {}
    assert moved["Index"] == {"index": pytest.approx(-1)}


def test_nobody_there_is_said(hand):
    _, port = hand("v1")

    done = check(port)

    assert done.returncode == 3
    assert "expected an answer of the hand" in done.stderr


def test_it_looks_where_the_variables_of_the_hand_s_clients_say(hand):
    _, port = hand("v1")
    variables = os.environ | {"VHI_GRPC_HOST": "localhost", "VHI_GRPC_PORT": str(port)}

    command = [EMGRIG, "vhi", "check"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=50, check=False, env=variables
    )

    assert f"localhost:{port}" in done.stderr
