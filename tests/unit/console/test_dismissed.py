"""What is in the trash and was dismissed."""

from emgrig_console.dismissed import Dismissed


def test_what_was_dismissed_stays_so_after_a_restart_until_it_is_deleted_again(tmp_path) -> None:
    file = tmp_path / "rig" / "dismissed"
    first = Dismissed(file)
    assert first.leave_out(["a", "b"]) == ["a", "b"]
    first.add(["a", "b"])

    second = Dismissed(file)
    assert second.leave_out(["a", "b", "c"]) == ["c"]
    second.remove("b")

    assert Dismissed(file).leave_out(["a", "b", "c"]) == ["b", "c"]


def test_a_file_that_is_none_keeps_nothing(tmp_path) -> None:
    file = tmp_path / "dismissed"
    file.write_bytes(b"\xff\n")
    assert Dismissed(file).leave_out(["a"]) == ["a"]

    unwritable = Dismissed(file / "below-a-file")
    unwritable.add(["a"])

    assert unwritable.leave_out(["a"]) == []
