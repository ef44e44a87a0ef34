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


def test_a_reload_clears_the_hand_in_stream_too(our_hand, control, file):
    our_hand.SetMovement(movement_name="Fist")
    our_hand.SetControlMode(mode=vhi_pb2.STREAM)
    control.wait_for(POSES["Fist"])

    file.write_text("[movements.Only]\n")

    control.wait_for([0] * 9)
    state = our_hand.GetState()
    assert (state.current_movement, state.control_mode) == ("Only", vhi_pb2.STREAM)


def test_a_movement_of_distal_joints_alone_publishes_zeros(our_hand, control, file):
    file.write_text("[movements.Tips]\nindex_distal = [-60, 0, 0]\nwrist = [30, 0, 0]\n")
    wait_until(lambda: our_hand.GetState().current_movement == "Tips", 5.0)

    assert our_hand.SetMovement(movement_name="Tips").applied
    assert not control.fresh(5).any()


@pytest.mark.parametrize("name", ["Rest", "rest"])
def test_rest_stops_a_hand_whose_movements_lack_it(our_hand, control, file, name):
    file.write_text("[movements.Wave]\nindex_proximal = [-42.5, 0, 0]\n")
    wait_until(lambda: list(our_hand.GetState().available_movements) == ["Wave"], 5.0)
    our_hand.SetMovement(movement_name="Wave")
    control.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])

    answer = our_hand.SetMovement(movement_name=name)

    assert (answer.applied, answer.current_state, answer.current_movement) == (
        True,
        "waiting",
        "Wave",
    )
    control.wait_for([0] * 9)


def test_a_broken_file_keeps_the_set(our_hand, file):
    file.write_text("[movements.Half")
    wait_until(lambda: "movements_file" in our_hand.process.status().troubles, 5.0)

    assert len(our_hand.GetState().available_movements) == 17
    assert our_hand.SetMovement(movement_name="Fist").applied
