"""The choice of a source, kept over restarts."""

import pytest
from emgrig.errors import ConfigError, RequestError
from emgrig_emg_acquirer.choosing import Criteria, forget_choice, load_choice, save_choice


def test_a_choice_is_what_is_read_again(tmp_path) -> None:
    path = tmp_path / "data" / "chosen-source.json"
    chosen = Criteria(name="Amp", hostname="bench-2")

    save_choice(path, chosen)

    assert load_choice(path) == chosen
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_forgotten_choice_is_none_and_may_be_forgotten_twice(tmp_path) -> None:
    path = tmp_path / "chosen-source.json"
    save_choice(path, Criteria(name="Amp"))

    forget_choice(path)
    forget_choice(path)

    assert load_choice(path) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"3",
        b'{"name": "A", "colour": "red"}',
        b"{}",
        b'{"name": "it\'s"}',
        b"\xff{",
        b"[" * 4096,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_damaged_choice_says_where_it_is_and_what_happens(tmp_path, text) -> None:
    path = tmp_path / "chosen-source.json"
    path.write_bytes(text)

    with pytest.raises(ConfigError, match=r"chosen-source\.json.*rig\.toml is followed"):
        load_choice(path)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(),
        Criteria(name="a'b"),
        Criteria(type='"'),
        Criteria(source_id="x" * 129),
        Criteria(hostname="a\0b"),
    ],
    ids=repr,
)
def test_what_cannot_be_looked_for_is_refused(criteria) -> None:
    with pytest.raises(RequestError):
        criteria.check()


def test_a_folder_that_cannot_be_written_is_said(tmp_path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(RequestError, match="make its folder writable"):
        save_choice(tmp_path / "data" / "chosen-source.json", Criteria(name="Amp"))
