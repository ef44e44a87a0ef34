"""Verifying believes the arrays, not the books: whatever is changed in either is found."""

import json
import zipfile

import numpy as np
import pytest
from emgrig.recording import export_session, open_session, verify_session

from tests.unit.shared.recording.builders import chunk, prediction, record, rewrite
from tests.unit.shared.recording.test_balance import with_window


@pytest.fixture
def session(tmp_path):
    """A session with a gap of each kind, a repeated stamp, and predictions."""
    chunks = [with_window(seq) for seq in (0, 1, 4, 5)]
    chunks.append(chunk(6, t0=40.0))
    chunks += [with_window(seq, epoch="b", t0=60.0) for seq in range(4)]
    predictions = [prediction(k, chunks[k].t_last) for k in (0, 1, 2, 6)]
    folder = record(tmp_path / "take.recording", [*chunks, *predictions])
    return export_session(folder, tmp_path)


def tampered(path, *keys, value):
    """Return the session with one of its books' entries changed."""
    with open_session(path) as session:
        meta = json.loads(json.dumps(session.meta))
    place = meta["extras"]["emgrig"]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value(place[keys[-1]])
    return rewrite(path, {"meta.json": json.dumps(meta).encode()})


def test_what_was_not_changed_is_sound(session):
    report = verify_session(session)

    assert report.is_sound, report.problems
    with open_session(session) as opened:
        kinds = [gap["kind"] for gap in opened.extras["emgrig"]["gaps"]["emg"]]
    assert kinds == ["missing", "backwards", "epoch"]


def changed_times(path, name, change):
    """Return the entry of a stream's time stamps, changed, for `rewrite`."""
    entry = f"{name}_timestamps.zarr/c/0"
    with zipfile.ZipFile(path) as archive:
        stored = np.frombuffer(archive.read(entry))
    with open_session(path) as opened:
        n = opened.info(name).n_samples
    # The last chunk of an array is filled up.
    return {entry: np.concatenate([change(stored[:n]), stored[n:]]).tobytes()}


EMG = ("streams", "emg")
GAPS = ("gaps", "emg")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ((*EMG, "n_gaps"), lambda n: n - 1),
        ((*EMG, "n_repeated_times"), lambda n: n + 1),
        ((*EMG, "n_backward_times"), lambda n: n - 1),
        ((*EMG, "redundant"), lambda n: n + 7),
        (GAPS, lambda gaps: gaps[1:]),
        (GAPS, lambda gaps: gaps[:1]),
        ((*GAPS, 1, "after_index"), lambda n: n - 3),
        ((*GAPS, 1, "kind"), lambda _: "epoch"),
        ((*GAPS, 0, "missing"), lambda n: n - 1),
        ((*GAPS, 0, "t_after"), lambda t: t - 0.02),
        (("windows", "predicted"), lambda n: n + 1),
        (("windows", "predicted"), lambda n: n - 1),
    ],
)
def test_books_that_say_something_else_than_the_arrays_are_found(session, keys, value):
    assert not verify_session(tampered(session, *keys, value=value)).is_sound


def test_books_that_are_changed_so_that_they_add_up_are_found(session):
    """Samples taken out of the loss and called redundant balance, and windows as well."""
    tampered(session, *EMG, "redundant", value=lambda _: 40)
    tampered(session, *EMG, "lost", value=lambda _: 0)
    tampered(session, "windows", "predicted", value=lambda n: n + 2)
    tampered(session, "windows", "skipped", "not_reported", value=lambda n: n - 2)

    problems = verify_session(session).problems

    assert any("redundant" in words for words in problems)
    assert any("predicted" in words for words in problems)


@pytest.mark.parametrize(
    "change",
    [
        lambda times: np.where(np.arange(len(times)) > 50, times + 1.0, times),
        lambda times: np.where(np.arange(len(times)) == 10, times - 0.0015, times),
        lambda times: np.where(np.arange(len(times)) == 10, np.roll(times, 1), times),
    ],
    ids=["gap", "step back", "repeated"],
)
def test_time_stamps_that_were_changed_are_found(session, tmp_path, change):
    rewrite(session, changed_times(session, "emg", change))

    assert not verify_session(session).is_sound


def test_predictions_that_were_taken_away_or_moved_are_found(session):
    rewrite(session, changed_times(session, "prediction_hand", lambda times: times - 300.0))

    assert any("predicted" in words for words in verify_session(session).problems)


@pytest.mark.parametrize("value", [None, [], 7, "x", [7], [{}], [{"after_index": "x"}], {"a": 1}])
@pytest.mark.parametrize("keys", [GAPS, (*EMG, "epochs"), ("windows",), EMG, ("streams",)])
def test_books_of_no_form_harm_nobody(session, keys, value):
    verify_session(tampered(session, *keys, value=lambda _: value))
