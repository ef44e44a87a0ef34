"""The note survives whatever happens to the process, and nothing else is taken for one."""

import pytest
from emgrig.errors import ConfigError
from emgrig_predictor.remembering import Note, read_note, write_note


def test_a_note_is_read_back(tmp_path):
    note = Note("b", "a", is_predicting=False)

    write_note(tmp_path / "data" / "predictor.json", note)

    assert read_note(tmp_path / "data" / "predictor.json") == note


def test_no_note_is_no_error(tmp_path):
    assert read_note(tmp_path / "predictor.json") is None


def test_a_write_that_was_cut_off_leaves_the_old_note(tmp_path):
    path = tmp_path / "predictor.json"
    write_note(path, Note("a"))

    (tmp_path / "predictor.json.tmp").write_text('{"model_')

    assert read_note(path) == Note("a")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model": "a"}', '{"model_id": 3}', "\x00"])
def test_what_is_no_note_is_refused(tmp_path, text):
    path = tmp_path / "predictor.json"
    path.write_text(text)

    with pytest.raises(ConfigError, match="expected a note"):
        read_note(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(ConfigError, match="writable"):
        write_note(tmp_path / "data" / "predictor.json", Note("a"))
