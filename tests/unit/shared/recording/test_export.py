import os
import zipfile

import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import (
    JournalWriter,
    export_session,
    finish_recording,
    open_session,
    read_journal,
    verify_session,
)

from tests.unit.shared.recording.builders import CHUNK, chunk, event, prediction, record, samples


def exported(tmp_path, messages, provenance=None):
    folder = record(tmp_path / "2026-01-02_03-04-05_0011aabb.recording", messages, provenance)
    return open_session(export_session(folder, tmp_path / "out"))


def test_a_session_holds_every_sample_and_label(tmp_path):
    cues = [event("cue", 0, 50.02, 0), event("label", 1, 50.05, 1)]
    messages = [chunk(0), *cues, *(chunk(seq) for seq in range(1, 200))]

    with exported(tmp_path, messages, {"classes": ["Rest", "Fist"], "name": "my take"}) as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 200 * CHUNK))
        np.testing.assert_allclose(session.timestamps("emg"), 50 + np.arange(4000) / 1000)
        assert session.path.name == "2026-01-02_03-04-05_0011aabb_my-take.session.zip"
        assert session.name == "my take"
        assert [tuple(label) for label in session.labels] == [(50.02, 0), (50.05, 1)]
        assert session.class_names == ("Rest", "Fist")
        info = session.info("emg")
        assert (info.fs, info.channel_names) == (1000.0, ("flexor", "extensor"))
        rates = session.extras["emgrig"]["rates"]["emg"]
        assert rates["delivered_hz"] == pytest.approx(1000.0)


def test_back_filled_and_repeated_chunks_fall_into_place(tmp_path):
    order = [0, 1, 4, 2, 3, 3, 1, 5]

    with exported(tmp_path, [chunk(seq) for seq in order]) as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 6 * CHUNK))
        facts = session.extras["emgrig"]
        assert facts["streams"]["emg"]["duplicates"] == 2 * CHUNK
        assert facts["gaps"]["emg"] == []
        assert facts["ledger"]["journal"]["chunk/emg"] == {
            "received": 8,
            "used": 6,
            "skipped": {"duplicate": 2},
            "refused": {},
        }


def test_an_event_that_was_written_twice_is_listed_once(tmp_path):
    """A recorder that is killed while it writes what waited for room writes it again."""
    started = event("recording", 0, 50.0, 0)
    stopped = event("recording", 1, 50.0, 0)

    with exported(tmp_path, [started, chunk(0), stopped, started, stopped]) as session:
        assert len(session.extras["emgrig"]["events"]) == 2


def test_chunks_that_overlap_in_part_are_trimmed(tmp_path):
    messages = [chunk(0, start=0, n=30), chunk(1, start=20, n=25), chunk(2, start=45, n=5)]

    with exported(tmp_path, messages) as session:
        np.testing.assert_array_equal(session.data("emg"), samples(0, 50))


def test_lost_samples_are_a_noted_gap(tmp_path):
    with exported(tmp_path, [chunk(seq) for seq in (0, 1, 3)]) as session:
        (gap,) = session.extras["emgrig"]["gaps"]["emg"]
        np.testing.assert_array_equal(session.data("emg")[2 * CHUNK], samples(3 * CHUNK, 1)[0])
    assert (gap["after_index"], gap["kind"], gap["missing"]) == (2 * CHUNK - 1, "missing", CHUNK)
    assert gap["seconds"] == pytest.approx(0.021)
    report = verify_session(session.path)
    assert (report.n_gaps, report.n_missing, report.is_balanced) == (1, CHUNK, True)


def test_a_restarted_source_begins_a_new_epoch_even_if_its_clock_went_back(tmp_path):
    messages = [chunk(0), chunk(1), chunk(0, epoch="z", t0=2.0), chunk(1, epoch="z", t0=2.0)]

    with exported(tmp_path, messages) as session:
        (gap,) = session.extras["emgrig"]["gaps"]["emg"]
        assert (gap["kind"], gap["after_index"]) == ("epoch", 2 * CHUNK - 1)
        assert session.timestamps("emg")[2 * CHUNK] == 2.0
        epochs = session.extras["emgrig"]["streams"]["emg"]["epochs"]
    assert [(e["epoch"], e["first_index"]) for e in epochs] == [("a", 0), ("z", 2 * CHUNK)]


def test_a_pause_of_the_device_is_a_gap_in_time(tmp_path):
    messages = [chunk(0), chunk(1, t0=51.5)]

    with exported(tmp_path, messages) as session:
        (gap,) = session.extras["emgrig"]["gaps"]["emg"]
    assert (gap["kind"], gap["after_index"]) == ("time", CHUNK - 1)
    assert gap["seconds"] == pytest.approx(1.501)


def test_predictions_are_kept_with_the_model_that_made_them(tmp_path):
    made = [prediction(0, 51.0), prediction(1, 51.05), prediction(2, 51.1, "m2")]

    with exported(tmp_path, [chunk(0), *made]) as session:
        np.testing.assert_array_equal(session.data("prediction_hand")[:, 0], [0, 1, 2])
        np.testing.assert_array_equal(session.timestamps("prediction_hand"), [51.0, 51.05, 51.1])
        assert session.info("prediction_hand").channel_names == ("thumb", "index")
        assert session.info("prediction_hand").fs == pytest.approx(20.0)
        runs = session.extras["emgrig"]["model_runs"]["prediction_hand"]
    assert runs == [
        {"model_id": "m1", "first_index": 0},
        {"model_id": "m2", "first_index": 2},
    ]


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"])
def test_every_type_of_the_wire_is_kept(tmp_path, dtype):
    data = np.array([[0, 1], [100, 127], [3, 4]], dtype)
    fields = {"timestamps": pack_timestamps(np.arange(3.0)), "channel_names": []}
    facts = {"source": "s", "epoch": "e", "seq": 0, "t_last": 2.0}
    message = Message(topic="chunk/raw", data=data, fields=fields, **facts)

    with exported(tmp_path, [message]) as session:
        np.testing.assert_array_equal(session.data("raw"), data)
        assert session.info("raw").fs == 1.0


def test_a_stream_that_changes_its_width_goes_on_in_another_array(tmp_path):
    fields = {"timestamps": pack_timestamps(np.arange(3.0)), "channel_names": []}
    wide = Message(
        topic="chunk/emg",
        source="emg-acquirer",
        epoch="w",
        seq=0,
        fs=1000.0,
        data=np.ones((3, 4), np.float32),
        fields=fields,
    )

    with exported(tmp_path, [chunk(0), wide]) as session:
        assert session.info("emg").n_channels == 2
        assert session.info("emg_2").n_channels == 4


def test_values_that_are_not_numbers_are_kept_bit_by_bit(tmp_path):
    message = chunk(0)
    message.data[3, 1] = np.nan
    message.data[4, 0] = -np.inf

    with exported(tmp_path, [message]) as session:
        assert session.data("emg").tobytes() == message.data.tobytes()


def test_damage_in_the_journal_is_written_down(tmp_path):
    folder = record(tmp_path / "x.recording", [chunk(seq) for seq in range(4)])
    path = folder / "journal-0001.mcap"
    content = bytearray(path.read_bytes())
    content[content.find(samples(2 * CHUNK, 2).tobytes())] ^= 4
    path.write_bytes(content)

    with open_session(export_session(folder, tmp_path)) as session:
        (damage,) = session.extras["emgrig"]["damaged"]
        (gap,) = session.extras["emgrig"]["gaps"]["emg"]
    assert (damage["kind"], gap["missing"]) == ("damaged", CHUNK)


def test_the_ledger_travels_with_the_session(tmp_path):
    counts = {"received": 3, "used": 2, "skipped": {"stale": 1}, "refused": {}}
    with JournalWriter(tmp_path / "x.recording", {}) as journal:
        journal.append(chunk(0))
        journal.append_record("ledger", {"predictor": {"window/emg": counts}})

    path = export_session(tmp_path / "x.recording", tmp_path)

    assert verify_session(path).is_balanced
    with open_session(path) as session:
        assert session.extras["emgrig"]["ledger"]["predictor"]["window/emg"] == counts


def test_an_unbalanced_ledger_is_named(tmp_path):
    counts = {"received": 4, "used": 2, "skipped": {"stale": 1}, "refused": {}}
    with JournalWriter(tmp_path / "x.recording", {}) as journal:
        journal.append_record("ledger", {"predictor": {"window/emg": counts}})

    report = verify_session(export_session(tmp_path / "x.recording", tmp_path))

    assert not report.is_balanced
    assert "predictor, window/emg: expected 4" in report.problems[0]


def test_a_session_that_differs_from_its_journal_is_refused_and_the_journal_kept(
    tmp_path, monkeypatch
):
    """As a disk would that returns other bytes than were written."""
    folder = record(tmp_path / "x.recording", [chunk(seq) for seq in range(3)])
    sync = os.fsync

    def corrupt(descriptor):
        sync(descriptor)
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if name.endswith(".tmp"):
            content = bytearray((tmp_path / "out" / os.path.basename(name)).read_bytes())
            content[content.find(samples(CHUNK, 1).tobytes())] ^= 1
            (tmp_path / "out" / os.path.basename(name)).write_bytes(content)

    monkeypatch.setattr(os, "fsync", corrupt)

    with pytest.raises(SessionError):
        finish_recording(folder, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []
    with read_journal(folder) as journal:
        assert len(list(journal.messages())) == 3


def test_an_empty_recording_is_a_session_without_streams(tmp_path):
    with exported(tmp_path, []) as session:
        assert session.streams == {}
    assert verify_session(session.path).is_sound


def test_a_chunk_that_is_gone_from_our_session_is_found_by_verify(tmp_path):
    """Readers take a missing chunk for silence; our writer never leaves one out."""
    with exported(tmp_path, [chunk(0)]) as session:
        path = session.path
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            if name != "emg.zarr/c/0/0":
                archive.writestr(name, content)

    assert verify_session(path).problems == ("emg: 1 chunk files are gone",)
