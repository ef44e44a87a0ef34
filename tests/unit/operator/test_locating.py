from pathlib import Path

import pytest
from emgrig.errors import SettingsError
from emgrig_operator.locating import find_hand, find_rig


def make_hand(folder: Path) -> Path:
    folder.mkdir(parents=True)
    binary = folder / "VHI.x86_64"
    binary.touch(mode=0o755)
    return binary


def test_the_hand_is_where_vhi_path_says(tmp_path) -> None:
    binary = make_hand(tmp_path / "mine")

    assert find_hand({"VHI_PATH": str(tmp_path / "mine")}) == binary


def test_the_hand_is_where_the_installer_puts_it(tmp_path) -> None:
    binary = make_hand(tmp_path / "myogestic" / "vhi")

    assert find_hand({"XDG_DATA_HOME": str(tmp_path)}) == binary


def test_one_place_is_chosen_and_not_searched(tmp_path) -> None:
    make_hand(tmp_path / "myogestic" / "vhi")

    assert find_hand({"VHI_PATH": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}) is None


def test_a_file_that_cannot_run_is_no_hand(tmp_path) -> None:
    make_hand(tmp_path / "mine").chmod(0o644)

    assert find_hand({"VHI_PATH": str(tmp_path / "mine")}) is None


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
