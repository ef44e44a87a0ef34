"""`make check-hand`: which contract a hand is held to, and the table of its statements."""

import subprocess
import sys
from pathlib import Path

import pytest
from emgrig.testing import free_ports, make_rig, running
from emgrig_virtual_hand.config import VirtualHandSettings

TOOL = Path(__file__).parents[2] / "tools" / "check_hand.py"


def check_hand(*words):
    command = [sys.executable, TOOL, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    ("generation", "statement", "words"),
    [
        ("v1", "an_unlisted_name", "commands         an unlisted name is turned down"),
        ("v2", "an_unknown_movement", "recording        an unknown movement is refused"),
    ],
)
def test_each_statement_of_its_generation_is_a_line(tmp_path, generation, statement, words):
    rig = make_rig(tmp_path)
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig, ["--protocol", generation]):
        done = check_hand(f"127.0.0.1:{port}", "-k", statement)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"127.0.0.1:{port} speaks {generation}" in done.stdout
    assert f"holds   {words}" in done.stdout
    assert "0 BROKEN, 0 open" in done.stdout


@pytest.mark.parametrize("words", [(), ("50051:",), ("localhost",)])
def test_an_address_is_asked_for(words):
    done = check_hand(*words)

    assert done.returncode == 2
    assert "make check-hand TARGET=" in done.stdout


def test_nobody_there_is_said():
    (port,) = free_ports(1)

    done = check_hand(f"127.0.0.1:{port}")

    assert done.returncode == 2
    assert "expected an answer of the hand" in done.stdout
