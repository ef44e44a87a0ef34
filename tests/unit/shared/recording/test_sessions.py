import errno
import hashlib
import json
import zipfile

import numpy as np
import pytest
import zarr
from emgrig.errors import SessionError
from emgrig.recording import (
    SessionFacts,
    SessionWriter,
    StreamFormat,
    open_session,
    verify_session,
)

from tests.unit.shared.recording.builders import rewrite, samples


def test_a_session_opens_with_what_was_written(session_file):
    with open_session(session_file) as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 3000))
        np.testing.assert_array_equal(session.rows("emg", 2000, 2003), samples(2000, 3))
        np.testing.assert_array_equal(session.times("emg", 2999, 3000), [10 + 2999 / 1000])
        assert session.sha256 == hashlib.sha256(session_file.read_bytes()).hexdigest()
        assert session.class_names == ("Rest", "Fist")
    assert verify_session(session_file).is_sound


def test_a_session_is_plain_zarr_in_a_stored_zip(session_file):
    """Any Zarr v3 library can read it, at the paths of the format."""
    with zipfile.ZipFile(session_file) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert not archive.comment
    store = zarr.storage.ZipStore(session_file, mode="r")
    array = zarr.open_array(store, path="emg.zarr", mode="r")
    np.testing.assert_array_equal(array[:], samples(0, 3000))
    assert array.attrs.asdict() == {}
    store.close()


def test_rows_may_come_bit_by_bit(tmp_path):
    path = tmp_path / "x.session.zip"
    data, times = np.arange(90_000, dtype="<i2").reshape(-1, 1), np.arange(90_000) / 2048
    with SessionWriter(path) as writer:
        sink = writer.stream("emg", StreamFormat(1, "int16", 2048.0))
        for start in range(0, 90_000, 977):
            sink.append(data[start : start + 977], times[start : start + 977])
        writer.write(SessionFacts())

    with open_session(path) as session:
        np.testing.assert_array_equal(session.data("emg"), data)
        np.testing.assert_array_equal(session.timestamps("emg"), times)


def test_an_unfinished_session_leaves_nothing_behind(tmp_path):
    with SessionWriter(tmp_path / "x.session.zip") as writer:
        writer.add_stream("emg", np.zeros((5, 1)), timestamps=np.arange(5), fs=10.0)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_no_half_session(tmp_path, monkeypatch):
    """A left-over half would keep the disk full for the recording that runs."""

    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(archive=zipfile.ZipFile.close):
        archive(writer._archive)
        refuse()

    writer = SessionWriter(tmp_path / "a.session.zip")
    sink = writer.stream("emg", StreamFormat(2, "float32", 100.0))
    monkeypatch.setattr(writer._archive, "writestr", refuse)
    monkeypatch.setattr(writer._archive, "close", close)
    with pytest.raises(SessionError, match="No space left"), writer:
        sink.append(np.zeros((200_000, 2), np.float32), np.arange(200_000.0))

    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_poses_in_the_standard_convention_are_stamped(tmp_path):
    with SessionWriter(tmp_path / "x.session.zip") as writer:
        writer.write(SessionFacts(pose_convention="standard"))

    with open_session(tmp_path / "x.session.zip") as session:
        assert (session.meta["pose_convention"], session.meta["schema_version"]) == ("standard", 3)


def test_a_missing_chunk_means_zeros(session_file):
    rewrite(session_file, {"emg.zarr/c/0/0": None})

    with open_session(session_file) as session:
        assert not session.data("emg").any()


def test_a_session_folder_opens_too(session_file, tmp_path):
    with zipfile.ZipFile(session_file) as archive:
        archive.extractall(tmp_path / "folder")

    with open_session(tmp_path / "folder") as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 3000))


def test_a_session_packed_again_by_a_file_manager_opens(session_file):
    rewrite(session_file, {}, compression=zipfile.ZIP_DEFLATED)

    with open_session(session_file) as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 3000))


def test_foreign_label_entries_are_read_as_the_format_says(session_file):
    labels = [{"timestamp": 12, "class_index": 1}, 7, {"class_index": 2}, {"timestamp": 11.0}]
    rewrite(session_file, {"labels.json": json.dumps(labels).encode()})

    with open_session(session_file) as session:
        assert [tuple(label) for label in session.labels] == [(0.0, 2), (11.0, -1), (12.0, 1)]


def test_an_interrupted_take_is_refused_in_words(session_file):
    rewrite(session_file, {"meta.json": None})

    with pytest.raises(SessionError, match=r"expected meta\.json"):
        open_session(session_file)


def test_a_damaged_byte_of_a_session_is_found_by_verify(session_file):
    content = bytearray(session_file.read_bytes())
    content[content.find(samples(1500, 3).tobytes())] ^= 1
    session_file.write_bytes(content)

    report = verify_session(session_file)

    assert not report.is_sound
    assert "emg.zarr/c/0/0" in report.problems[0]
    with open_session(session_file) as session, pytest.raises(SessionError, match="damaged"):
        session.data("emg")
