from pathlib import Path

import pytest
from emgrig.errors import SettingsError
from emgrig_operator.locating import find_hand, find_rig


@pytest.fixture(autouse=True)
def _linux(monkeypatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_the_hand_is_where_vhi_path_says(tmp_path) -> None:
    binary = make_program(tmp_path / "mine" / "VHI.x86_64")

    assert find_hand({"VHI_PATH": str(tmp_path / "mine")}).argv == (str(binary),)


def test_the_hand_is_where_the_installer_puts_it(tmp_path) -> None:
    binary = make_program(tmp_path / "myogestic" / "vhi" / "VHI.x86_64")

    assert find_hand({"XDG_DATA_HOME": str(tmp_path)}).argv == (str(binary),)


def test_one_place_is_chosen_and_not_searched(tmp_path) -> None:
    make_program(tmp_path / "myogestic" / "vhi" / "VHI.x86_64")

    assert not find_hand({"VHI_PATH": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}).argv


def test_a_file_that_cannot_run_is_no_hand(tmp_path) -> None:
    make_program(tmp_path / "VHI.x86_64").chmod(0o644)

    assert not find_hand({"VHI_PATH": str(tmp_path)}).argv


@pytest.mark.parametrize("name", ["godot4", "godot"])
def test_a_source_project_is_run_by_the_godot_of_the_path(tmp_path, name) -> None:
    (tmp_path / "project.godot").touch()
    godot = make_program(tmp_path / "bin" / name)

    hand = find_hand({"VHI_PATH": str(tmp_path), "PATH": str(godot.parent)})

    assert hand.argv == (str(godot), "--path", str(tmp_path))


def test_godot_bin_wins_over_the_binary(tmp_path) -> None:
    make_program(tmp_path / "VHI.x86_64")
    (tmp_path / "project.godot").touch()
    godot = make_program(tmp_path / "bin" / "my godot")

    hand = find_hand({"VHI_PATH": str(tmp_path), "GODOT_BIN": str(godot)})

    assert hand.argv == (str(godot), "--path", str(tmp_path))


def test_vhi_launch_mode_is_heard(tmp_path) -> None:
    with pytest.raises(SettingsError, match="VHI_LAUNCH_MODE"):
        find_hand({"VHI_PATH": str(tmp_path), "VHI_LAUNCH_MODE": "binary"})


def test_a_rig_in_this_folder_comes_first(tmp_path, monkeypatch) -> None:
    (tmp_path / "rig.toml").write_text('[rig]\nname = "here"\n')
    monkeypatch.chdir(tmp_path)

    assert find_rig(None).name == "here"


def test_without_one_the_checkout_has_one(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert find_rig(None).path.parent.name == "deploy"


def test_a_named_rig_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        find_rig(tmp_path / "nothing.toml")
