"""The file of poses: contract 4.3 and 4.4."""

import tomllib

import pytest
from emgrig.testing import wait_until
from emgrig.vhi.v1 import vhi_pb2

from tests.vhi_poses import POSES

FINGERS = ("thumb", "index", "middle", "ring", "pinky")
PARTS = ("proximal", "middle", "distal")
JOINTS = ["wrist", *(f"{finger}_{part}" for finger in FINGERS for part in PARTS)]
HIDDEN = ["PrecisionSphere", "RockNRoll", "Hook", "PeaceSign", "Pistol", "ExtendedHand"]


def offered(hand):
    return list(hand.GetState().available_movements)


def select_only(hand, name):
    """Have a hand show the one movement that it is about to offer."""
    wait_until(lambda: offered(hand) == [name], 5.0)
    hand.SetMovement(movement_name=name)


def tables(*names):
    return "".join(f"[movements.{name}]\n" for name in names)


@pytest.fixture
def file(our_hand):
    path = our_hand.folder / "movements.toml"
    before = path.read_text()
    yield path
    path.write_text(before)
    wait_until(lambda: len(our_hand.GetState().available_movements) == 17, 5.0)


def test_a_hand_without_a_file_writes_all_23_movements(file):
    text = file.read_text()
    movements = tomllib.loads(text)["movements"]

    assert text.startswith("#")
    assert list(movements) == list(POSES)
    assert all(list(joints) == JOINTS for joints in movements.values())
    assert all(len(xyz) == 3 for joints in movements.values() for xyz in joints.values())


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


@pytest.mark.parametrize("mode", [vhi_pb2.MOVEMENT, vhi_pb2.IDLE])
def test_a_file_that_an_editor_replaces_is_offered_too(our_hand, control, file, mode):
    our_hand.SetControlMode(mode=mode)
    other = file.with_suffix(".new")
    other.write_text(tables("Wave"))

    other.replace(file)

    wait_until(lambda: offered(our_hand) == ["Wave"], 5.0)
    assert our_hand.GetState().current_state == "waiting"
    assert not control.fresh(5).any()


def test_movements_come_in_file_order_without_those_of_the_other_mode(our_hand, file):
    file.write_text(tables("Wave", "Pistol", "Pointing", "Rest", "Hook", "Fist", *HIDDEN[:2]))

    wait_until(lambda: offered(our_hand) == ["Wave", "Pointing", "Rest", "Fist"], 5.0)
    for name in HIDDEN:
        assert not our_hand.SetMovement(movement_name=name).applied


def test_where_the_rule_would_leave_nothing_the_whole_file_is_offered(our_hand, file):
    file.write_text(tables(*HIDDEN))

    wait_until(lambda: offered(our_hand) == HIDDEN, 5.0)
    assert our_hand.SetMovement(movement_name="Hook").applied


def test_what_is_malformed_is_left_out_and_the_rest_is_shown(our_hand, control, file):
    file.write_text(
        "[movements]\nNoTable = 3\n[movements.Half]\nindex_proximal = [-42.5, 0, 0]\n"
        "elbow = [1, 2, 3]\nring_proximal = [-85, 0]\nmiddle_proximal = 'far'\n"
    )

    select_only(our_hand, "Half")
    control.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])


def test_the_proximal_joints_and_the_thumb_s_z_are_what_is_read(our_hand, control, file):
    file.write_text(
        "[movements.All]\nthumb_proximal = [-9, 0, 6]\nindex_proximal = [-17, 0, 0]\n"
        "middle_proximal = [-34, 0, 0]\nring_proximal = [17, 0, 0]\npinky_proximal = [-51, 0, 0]\n"
    )

    select_only(our_hand, "All")
    control.wait_for([-0.2, -0.2, -0.2, -0.4, 0.2, -0.6, 0, 0, 0])


@pytest.mark.parametrize(
    "content",
    [b"[movements.Half", b"", b"[movements]", b"movements = 3", b"\xff\xfe[movements.A]"],
)
def test_a_file_without_a_usable_movement_keeps_the_set(our_hand, file, content):
    file.write_bytes(content)
    wait_until(lambda: "movements_file" in our_hand.process.status().troubles, 5.0)

    assert len(our_hand.GetState().available_movements) == 17
    assert our_hand.SetMovement(movement_name="Fist").applied
