"""A journal goes when its session is there, whoever else is at the same."""

from emgrig.recording import export_session, finish_recording, verify_session

from tests.unit.shared.recording.builders import CHUNK, chunk, record


def test_finishing_lets_the_journal_go_and_can_be_repeated_after_a_kill(tmp_path):
    folder = record(tmp_path / "x.recording", [chunk(seq) for seq in range(3)])
    record(tmp_path / "killed.exported", [chunk(0)])
    first = export_session(folder, tmp_path)

    path = finish_recording(folder, tmp_path)

    assert path == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.session.zip"]
    assert verify_session(path).samples == {"emg": 3 * CHUNK}


def test_a_journal_that_another_export_lets_go_meanwhile_is_no_error(tmp_path):
    # Its name is still found, and it is not there: what the slower one of two exports sees.
    (tmp_path / "other.exported").symlink_to(tmp_path / "gone")
    folder = record(tmp_path / "x.recording", [chunk(0)])

    assert finish_recording(folder, tmp_path) == tmp_path / "x.session.zip"
