"""Samples and windows of a recording add up, from the journal alone."""

import json

import pytest
from emgrig.recording import JournalWriter, export_session, open_session, verify_session
from msgspec.structs import replace

from tests.unit.shared.recording.builders import chunk, prediction, record, rewrite


def with_window(seq: int, **kwargs):
    """Return a chunk that completes one window, at its end."""
    message = chunk(seq, **kwargs)
    return replace(message, fields={**message.fields, "windows": [seq, 1]})


def gesture(seq: int, t: float):
    """Return a prediction of a class."""
    fields = {"model_id": "m", "targets": ["Rest", "Fist"], "class": "Fist", "class_index": 1}
    return replace(prediction(seq, t), topic="prediction/gesture", fields=fields)


def books_of(path):
    with open_session(path) as session:
        return session.extras["emgrig"]


def export(tmp_path, messages):
    return export_session(record(tmp_path / "take.recording", messages), tmp_path)


def test_windows_made_are_predicted_or_skipped(tmp_path):
    chunks = [with_window(seq) for seq in range(10)]
    predictions = [prediction(seq, chunks[k].t_last) for seq, k in enumerate((0, 1, 2, 5, 6, 9))]

    path = export(tmp_path, [*chunks, *predictions])

    assert books_of(path)["windows"] == {
        "made": 10,
        "predicted": 6,
        "skipped": {"not_reported": 4},
    }
    assert verify_session(path).is_sound


def test_a_window_that_was_classified_is_predicted(tmp_path):
    chunks = [with_window(seq) for seq in range(4)]
    gestures = [gesture(k, chunks[k].t_last) for k in (0, 1, 2)]

    # Of one window both kinds may be there: it is one window.
    path = export(tmp_path, [*chunks, *gestures, prediction(0, chunks[2].t_last)])

    assert books_of(path)["windows"] == {"made": 4, "predicted": 3, "skipped": {"not_reported": 1}}


def test_a_prediction_of_samples_that_are_not_here_is_of_no_window_of_these(tmp_path):
    chunks = [with_window(seq) for seq in range(4)]
    predictions = [prediction(0, chunks[0].t_first - 1), prediction(1, chunks[1].t_last)]

    path = export(tmp_path, [*chunks, *predictions])

    assert books_of(path)["windows"]["predicted"] == 1


def test_lost_samples_are_acquired_and_explained(tmp_path):
    path = export(tmp_path, [chunk(0), chunk(1), chunk(4), chunk(0, epoch="b", t0=60.0)])

    emg = books_of(path)["streams"]["emg"]
    assert (emg["acquired"], emg["n_samples"], emg["lost"], emg["redundant"]) == (120, 80, 40, 0)
    assert emg["missing"] == 40
    assert verify_session(path).is_sound


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("streams", "emg", "acquired"), 999),
        (("streams", "emg", "missing"), 1),
        (("windows", "made"), 11),
    ],
)
def test_books_that_do_not_add_up_are_found(tmp_path, keys, value):
    path = export(tmp_path, [with_window(seq) for seq in range(10)])
    with open_session(path) as session:
        meta = dict(session.meta)
    place = meta["extras"]["emgrig"]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    rewrite(path, {"meta.json": json.dumps(meta).encode()})

    report = verify_session(path)

    assert not report.is_balanced
    assert str(value) in report.problems[0]


def test_only_what_no_stage_said_is_not_reported(tmp_path):
    """A stage that was there has said what became of each window: of ten, one is unexplained."""
    chunks = [with_window(seq) for seq in range(10)]
    predictions = [prediction(seq, chunks[k].t_last) for seq, k in enumerate((0, 1, 2, 5))]
    ledger = {
        "feature-extractor": {"window/emg": {"skipped": {"before_join": 9, "replaced": 3}}},
        "predictor": {"features/emg": {"refused": {"shape": 2}, "skipped": {}}},
    }
    folder = tmp_path / "take.recording"
    with JournalWriter(folder, {}) as journal:
        for message in [*chunks, *predictions]:
            journal.append(message)
        journal.append_record("ledger", ledger)

    windows = books_of(export_session(folder, tmp_path))["windows"]

    assert windows["skipped"] == {"replaced": 3, "shape": 2, "not_reported": 1}
