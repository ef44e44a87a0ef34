"""The file of poses: contract 4.3 and 4.4."""

import tomllib

import pytest
from emgrig.testing import wait_until
from emgrig.vhi.v1 import vhi_pb2

from tests.vhi_poses import POSES


@pytest.fixture
def file(our_hand):
    path = our_hand.folder / "movements.toml"
    before = path.read_text()
    yield path
    path.write_text(before)
    wait_until(lambda: len(our_hand.GetState().available_movements) == 17, 5.0)


def test_a_hand_without_a_file_writes_all_23_movements(file):
    movements = tomllib.loads(file.read_text())["movements"]

    assert list(movements) == list(POSES)
    assert all(len(joints) == 16 for joints in movements.values())


def test_an_edited_file_is_offered_at_once_and_stops_the_hand(our_hand, control, file):
    our_hand.SetMovement(movement_name="Fist")
    control.wait_for(POSES["Fist"])

    file.write_text("[movements.Wave]\nindex_proximal = [-42.5, 0, 0]\n[movements.Fist]\n")

    wait_until(lambda: list(our_hand.GetState().available_movements) == ["Wave", "Fist"], 5.0)
    state = our_hand.GetState()
    assert (state.current_state, state.current_movement) == ("waiting", "Fist")
    control.wait_for([0] * 9)
    our_hand.SetMovement(movement_name="Wave")
    control.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])


def test_a_reload_clears_the_hand_in_stream_too(our_hand, file):
    our_hand.SetControlMode(mode=vhi_pb2.STREAM)

    file.write_text("[movements.Only]\n")

    wait_until(lambda: our_hand.GetState().current_movement == "Only", 5.0)
    assert our_hand.GetState().control_mode == vhi_pb2.STREAM


def test_a_broken_file_keeps_the_set(our_hand, file):
    file.write_text("[movements.Half")
    file.write_text("[movements.Half\nstill broken")

    assert len(our_hand.GetState().available_movements) == 17
    assert our_hand.SetMovement(movement_name="Fist").applied
