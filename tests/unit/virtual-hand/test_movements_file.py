import pytest
from emgrig_virtual_hand.movements import JOINT_NAMES, Movement, stock_movements
from emgrig_virtual_hand.movements_file import (
    MovementsFileError,
    format_movements,
    parse_movements,
)


def test_what_is_written_reads_back_equal():
    parsed = parse_movements(format_movements(stock_movements()))

    assert parsed.movements == stock_movements()
    assert parsed.warnings == ()


def test_a_fresh_file_has_a_comment_and_sixteen_joints_per_movement():
    text = format_movements(stock_movements())

    assert text.startswith("#")
    assert text.count("\n[movements.") == 23
    assert all(text.count(f"\n{joint} = [") == 23 for joint in JOINT_NAMES)


def test_a_name_that_is_no_bare_key_survives():
    movements = (Movement('Say "hi"', {"wrist": (1.0, 2.0, 3.0)}),)

    assert parse_movements(format_movements(movements)).movements == movements


def test_movements_come_in_file_order():
    parsed = parse_movements("[movements.B]\n[movements.A]\n")

    assert [one.name for one in parsed.movements] == ["B", "A"]


def test_a_missing_joint_rests():
    parsed = parse_movements("[movements.A]\nindex_proximal = [-10, 0, 0.5]\n")

    assert parsed.movements[0].joints == {"index_proximal": (-10.0, 0.0, 0.5)}


@pytest.mark.parametrize(
    "line",
    [
        "elbow = [1, 2, 3]",
        "wrist = [1, 2]",
        "wrist = 5",
        "wrist = [1, 2, 'x']",
        "wrist = [nan,0,0]",
        "wrist = [inf,0,0]",
        f"wrist = [1{'0' * 400},0,0]",
    ],
)
def test_a_malformed_joint_is_skipped_and_named(line):
    parsed = parse_movements(f"[movements.A]\n{line}\nring_distal = [1, 0, 0]\n")

    assert parsed.movements[0].joints == {"ring_distal": (1.0, 0.0, 0.0)}
    assert line.split(" ")[0] in parsed.warnings[0]


def test_a_movement_that_is_no_table_is_skipped_and_named():
    parsed = parse_movements("[movements]\nOops = 3\n[movements.A]\n")

    assert [one.name for one in parsed.movements] == ["A"]
    assert "Oops" in parsed.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[movements]",
        "movements = 3",
        "[movements.A\n",
        "[[[",
        "a = " + "[" * 5000,
        "a = " + "9" * 5000,
    ],
    ids=range(7),
)
def test_a_file_without_movements_is_refused_with_words(text):
    with pytest.raises(MovementsFileError, match="expected"):
        parse_movements(text)
