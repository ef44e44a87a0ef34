import pytest
from emgrig_virtual_hand.file_watch import MAX_BYTES, MovementsFile
from emgrig_virtual_hand.movements import stock_movements
from emgrig_virtual_hand.movements_file import MovementsFileError


@pytest.fixture
def file(tmp_path):
    return MovementsFile(tmp_path / "some" / "folder" / "movements.toml")


def test_a_missing_file_is_created_with_its_folders(file):
    assert file.create_if_absent()
    assert file.read().movements == stock_movements()


def test_a_file_that_is_there_wins(file):
    file.create_if_absent()
    file.path.write_text("[movements.Mine]\n")

    assert not file.create_if_absent()
    assert [one.name for one in file.read().movements] == ["Mine"]


def test_a_change_is_seen_until_it_is_read(file):
    file.create_if_absent()
    file.read()
    assert not file.has_changed()

    file.path.write_text("[movements.Mine]\n")

    assert file.has_changed()
    file.read()
    assert not file.has_changed()


def test_a_file_that_went_away_is_no_change(file):
    file.create_if_absent()
    file.read()
    file.path.unlink()

    assert not file.has_changed()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * (MAX_BYTES + 1)])
def test_a_file_that_is_no_short_text_is_refused(file, content):
    file.create_if_absent()
    file.path.write_bytes(content)

    with pytest.raises(MovementsFileError, match="expected"):
        file.read()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("")

    with pytest.raises(MovementsFileError, match="movements_file"):
        MovementsFile(tmp_path / "taken" / "movements.toml").create_if_absent()
