import re
from datetime import datetime

import numpy as np
import pytest
from emgrig.errors import RequestError
from emgrig.recording import (
    SessionFacts,
    SessionWriter,
    export_session,
    find_trashed,
    list_recordings,
    list_trashed,
    open_session,
    rename_session,
    restore,
    session_name,
    session_path,
    summarise_session,
    trash,
)

from tests.unit.shared.recording.builders import chunk, record, write_session


def test_a_session_is_named_by_its_start_and_a_random_part():
    name = session_name(datetime(2026, 5, 17, 14, 23, 5))

    assert re.fullmatch(r"2026-05-17_14-23-05_[0-9a-f]{8}", name)
    assert name != session_name(datetime(2026, 5, 17, 14, 23, 5))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("", "s.session.zip"),
        ("Anna, left arm!", "s_Anna-left-arm.session.zip"),
        ("../../etc", "s_etc.session.zip"),
        ("ä" * 50, "s.session.zip"),
        ("x" * 50, "s_" + "x" * 40 + ".session.zip"),
    ],
)
def test_a_given_name_becomes_part_of_the_file_name(tmp_path, name, file):
    assert session_path(tmp_path, "s", name) == tmp_path / file


def test_renaming_keeps_the_stamp_and_the_content(tmp_path):
    path = write_session(tmp_path / "2026-05-17_14-23-05_00112233_old.session.zip", {})
    with open_session(path) as session:
        before = session.sha256

    renamed = rename_session(path, "new name")

    assert renamed.name == "2026-05-17_14-23-05_00112233_new-name.session.zip"
    with open_session(renamed) as session:
        assert session.sha256 == before
    assert summarise_session(renamed).name == "new-name"


def test_a_summary_tells_gaps_and_whether_the_books_add_up(tmp_path):
    whole = record(tmp_path / "a.recording", [chunk(0), chunk(1)])
    with_a_gap = record(tmp_path / "b.recording", [chunk(0), chunk(1), chunk(4)])

    summaries = [summarise_session(export_session(one, tmp_path)) for one in (whole, with_a_gap)]

    assert [(one.is_balanced, one.n_gaps) for one in summaries] == [(True, 0), (True, 1)]
    assert [one.streams["emg"].n_gaps for one in summaries] == [0, 1]


def test_a_duration_is_that_of_the_time_with_its_gaps(session_with_a_gap):
    summary = summarise_session(session_with_a_gap)

    assert summary.duration_s == pytest.approx(40 - 1 / 100)
    assert (summary.n_gaps, summary.streams["emg"].n_gaps) == (1, 1)
    assert summary.streams["emg"].rate_hz == 100


@pytest.fixture
def session_with_a_gap(tmp_path):
    """As `emgrig import` writes one: 10 s of samples, and 30 s that nobody recorded."""
    times = np.arange(1000) / 100 + np.where(np.arange(1000) < 500, 0, 30)
    with SessionWriter(tmp_path / "gap.session.zip") as writer:
        writer.add_stream("emg", np.zeros((1000, 2), np.float32), timestamps=times, fs=100.0)
        return writer.write(SessionFacts(extras={"emgrig": {"gaps": {"emg": [{"seconds": 30}]}}}))


def test_renaming_never_replaces_another_session(tmp_path):
    write_session(tmp_path / "b.session.zip", {})
    path = write_session(tmp_path / "a.session.zip", {})

    with pytest.raises(RequestError, match="free name"):
        rename_session(path, "b")
    with pytest.raises(RequestError, match="expected a name"):
        rename_session(path, "???")
    assert path.exists()


def test_trash_gives_back(tmp_path):
    path = write_session(tmp_path / "a.session.zip", {})

    first = trash(path)
    write_session(path, {})
    second = trash(path)

    assert not list(tmp_path.glob("*.session.zip"))
    assert restore(second) == path
    with pytest.raises(RequestError, match="free name"):
        restore(first)
    with pytest.raises(RequestError, match="trash folder"):
        restore(path)


def test_what_is_in_the_trash_is_listed_in_the_order_of_deletion(tmp_path):
    for name in ("b", "a", "b"):
        trash(write_session(tmp_path / f"{name}.session.zip", {}))

    assert list_trashed(tmp_path) == ["a", "b"]
    restore(find_trashed(tmp_path, "a"))
    assert list_trashed(tmp_path) == ["b"]


def test_a_name_with_the_sign_of_the_trash_in_it_comes_back(tmp_path):
    path = write_session(tmp_path / "left~right.session.zip", {})
    trash(path)

    assert restore(find_trashed(tmp_path, "left~right")) == path


def test_a_missing_session_cannot_be_trashed(tmp_path):
    with pytest.raises(RequestError, match="expected a session"):
        trash(tmp_path / "gone.session.zip")


def test_recordings_that_wait_for_their_export_are_listed(tmp_path):
    (tmp_path / "empty.recording").mkdir()
    folder = record(tmp_path / "a.recording", [chunk(0)])

    assert list_recordings(tmp_path) == [folder]
