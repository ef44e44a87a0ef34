"""Windows that are gone without a word, though all who handle them were there: told, not hidden."""

import pytest
from emgrig.recording import (
    JournalWriter,
    export_session,
    open_session,
    summarise_session,
    verify_session,
)
from msgspec.structs import replace

from tests.unit.shared.recording.builders import CHUNK, FS, chunk, prediction

N_WINDOWS = 2000
N_PREDICTED = 1000
N_ALLOWED = 15 * FS / CHUNK
EVERYBODY = ["emg-acquirer", "feature-extractor", "predictor"]


def with_window(seq, epoch="a"):
    message = chunk(seq, epoch=epoch)
    return replace(message, fields={**message.fields, "windows": [seq, 1]})


def export(tmp_path, messages, steady, skipped=0, away=()):
    """Return the session of a take whose predictor says that it left out so many."""
    with JournalWriter(tmp_path / "x.recording", {}) as journal:
        for message in messages:
            journal.append(message)
        # The last one counts.
        journal.append_record("books", {"steady": []})
        journal.append_record("ledger", {"predictor": {}})
        entry = {"received": skipped, "used": 0, "skipped": {"no_model": skipped}, "refused": {}}
        journal.append_record("ledger", {"predictor": {"features/emg": entry}})
        journal.append_record("books", {"steady": steady, "outages": {"away": away}})
    return export_session(tmp_path / "x.recording", tmp_path)


def take(n_predicted=N_PREDICTED, epoch=lambda seq: "a", number=lambda seq: seq):
    for seq in range(N_WINDOWS):
        yield with_window(seq, epoch(seq))
        if seq < n_predicted:
            yield prediction(number(seq), with_window(seq).t_last)


def skipped_of(path):
    with open_session(path) as session:
        return session.extras["emgrig"]["windows"]["skipped"]


def test_windows_of_which_nobody_says_a_word_do_not_add_up(tmp_path):
    path = export(tmp_path, take(), EVERYBODY)

    report = verify_session(path)

    assert not report.is_balanced
    assert not summarise_session(path).is_balanced
    assert skipped_of(path) == {"not_reported": pytest.approx(N_ALLOWED, abs=2)}
    n_said = N_PREDICTED + skipped_of(path)["not_reported"]
    assert report.problems == (f"windows: expected {N_WINDOWS} explained, got {n_said}",)


def test_what_a_report_does_not_cover_yet_is_no_loss(tmp_path):
    path = export(tmp_path, take(N_WINDOWS - 500), EVERYBODY)

    assert verify_session(path).is_sound
    assert skipped_of(path) == {"not_reported": 500}


def test_what_a_stage_says_is_explained(tmp_path):
    path = export(tmp_path, take(), EVERYBODY, skipped=900)

    assert verify_session(path).is_sound
    assert skipped_of(path) == {"no_model": 900, "not_reported": 100}


@pytest.mark.parametrize("steady", [None, [], "predictor", ["predictor"], [["predictor"]]])
def test_a_stage_that_was_not_there_could_say_nothing(tmp_path, steady):
    path = export(tmp_path, take(), steady)

    assert verify_session(path).is_sound
    assert skipped_of(path) == {"not_reported": N_WINDOWS - N_PREDICTED}


def test_an_acquirer_that_died_may_have_taken_windows_with_it(tmp_path):
    path = export(tmp_path, take(epoch=lambda seq: "ab"[seq >= 1000]), EVERYBODY)

    assert verify_session(path).is_balanced
    assert skipped_of(path) == {"not_reported": N_WINDOWS - N_PREDICTED}


def test_predictions_that_were_made_and_not_recorded_are_told_by_their_numbers(tmp_path):
    path = export(tmp_path, take(number=lambda seq: seq + 900 * (seq >= 500)), EVERYBODY)

    assert verify_session(path).is_balanced
    assert skipped_of(path) == {"not_recorded": 900, "not_reported": 100}


def test_windows_of_a_time_in_which_a_stage_was_away_are_explained(tmp_path):
    # 200 and 50 windows have no prediction; a stage was away in the time of 240 of them.
    unpredicted = {*range(300, 500), *range(900, 950)}
    windows = [with_window(seq) for seq in range(N_WINDOWS)]
    predicted = [one.t_last for seq, one in enumerate(windows) if seq not in unpredicted]
    messages = [*windows, *(prediction(seq, t) for seq, t in enumerate(predicted))]
    times = [with_window(seq).t_last for seq in (280, 400, 539, 1000)]
    away = [
        ["predictor", times[1], times[2]],
        ["feature-extractor", times[0], times[2]],
        ["trainer", times[2], times[3]],
        ["predictor", "x", None],
    ]

    path = export(tmp_path, messages, [], away=away)

    assert verify_session(path).is_sound
    assert skipped_of(path) == {"feature-extractor_away": 200, "not_reported": 50}
