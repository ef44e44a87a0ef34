import numpy as np
import pytest
from emgrig.errors import RequestError, SessionError
from emgrig.recording import open_session
from emgrig_operator.importing import import_recording

from tests.unit.operator.builders import write_folder, write_xdf


def test_a_folder_becomes_one_session_per_split(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")

    imported = list(import_recording(folder, tmp_path / "out"))

    names = [found.path.name for found in imported]
    assert names == ["set-train.session.zip", "set-test.session.zip"]
    with open_session(imported[1].path) as session:
        expected = np.load(folder / "emg.npy")[200:]
        np.testing.assert_array_equal(session.data("emg"), expected)
        np.testing.assert_array_equal(
            session.timestamps("emg"), np.load(folder / "emg_timestamps.npy")[200:]
        )
        assert session.streams["emg"].fs == 200.0
        assert session.extras["emgrig"]["imported"]["split"] == "test"


def test_gaps_stay_and_are_written_down(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    (folder / "segments.csv").unlink()

    (imported,) = import_recording(folder, tmp_path / "out")

    assert imported.path.name == "set.session.zip"
    assert imported.gaps == 1
    with open_session(imported.path) as session:
        (gap,) = session.extras["emgrig"]["gaps"]["emg"]
    assert gap["after_index"] == 199
    assert gap["seconds"] == pytest.approx(1.005)


def test_segments_of_a_split_that_no_gap_parts_are_told(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    np.save(folder / "emg_timestamps.npy", np.arange(400) / 200)
    rows = ["t_start,t_end,split", "0.0,0.995,train", "1.0,1.995,train"]
    (folder / "segments.csv").write_text("\n".join(rows))

    (imported,) = import_recording(folder, tmp_path / "out")

    (note,) = imported.notes
    assert note.startswith("the segment at 1 s follows another one of its split without a gap")


def make_xdf(folder, cues=((0.5, "Rest"), (1.0, "Fist"), (1.5, ""))):
    emg = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    stamps = 1000 + np.arange(400) / 200
    markers = [(1000 + t, word) for t, word in cues]
    return write_xdf(folder / "take.xdf", emg, stamps, 200.0, markers), emg, stamps


def test_an_xdf_becomes_one_session_with_its_markers_as_labels(tmp_path) -> None:
    path, emg, stamps = make_xdf(tmp_path)

    (imported,) = import_recording(path, tmp_path / "out")

    assert imported.path.name == "take.session.zip"
    with open_session(imported.path) as session:
        np.testing.assert_array_equal(session.data("emg"), emg)
        np.testing.assert_allclose(session.timestamps("emg"), stamps, rtol=0, atol=1e-9)
        assert session.streams["emg"].channel_names == ("c0", "c1", "c2")
        assert session.class_names == ("Rest", "Fist")
        assert [label.class_index for label in session.labels] == [0, 1, -1]


def test_what_of_an_xdf_is_left_out_is_said(tmp_path) -> None:
    emg = np.zeros((400, 3), np.float32)
    stamps = 1000 + np.arange(400) / 200
    stamps[11], stamps[20:30] = stamps[10], stamps[20:30] - 1
    path = write_xdf(
        tmp_path / "take.xdf", emg, stamps, 200.0, [(1000.5, "Fist")], second_markers="Comments"
    )

    (imported,) = import_recording(path, tmp_path / "out")

    assert imported.samples == {"emg": 390}
    assert [note.split(":")[0] for note in imported.notes] == [
        "10 samples of emg go back in time",
        "markers 'Comments' are ignored",
    ]
    with open_session(imported.path) as session:
        facts = session.extras["emgrig"]["imported"]["facts"]
    assert facts["dropped_samples"] == {"emg": 10}
    assert facts["ignored_markers"] == ["Comments"]


def test_an_xdf_is_cut_in_time_on_request(tmp_path) -> None:
    path, _, _ = make_xdf(tmp_path)

    imported = list(import_recording(path, tmp_path / "out", 0.5))

    assert [found.split for found in imported] == ["train", "test"]
    assert sum(found.samples["emg"] for found in imported) == 400


def test_a_file_that_is_no_xdf_is_named(tmp_path) -> None:
    path = tmp_path / "take.xdf"
    path.write_bytes(b"not an XDF file")

    with pytest.raises(SessionError, match=r"take\.xdf"):
        list(import_recording(path, tmp_path / "out"))


def test_what_is_neither_is_refused(tmp_path) -> None:
    with pytest.raises(RequestError, match=r"a folder or an \.xdf file"):
        list(import_recording(tmp_path / "nothing.csv", tmp_path / "out"))
