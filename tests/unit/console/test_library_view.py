"""Sessions in words, also when the recorder is gone."""

from emgrig.control import recorder_pb2
from emgrig_console.library_view import (
    chosen_sessions,
    class_names,
    list_words,
    quality_words,
    session_rows,
    stream_words,
    trash_words,
)

from tests.unit.console.polled import GONE, NEVER, live, old

FULL = recorder_pb2.SessionInfo(
    session="20260101_first",
    take_name="first",
    created="2026-01-01T10:20:30",
    duration_s=61,
    class_names=["Rest", "Fist"],
    label_counts={"Rest": 2, "Fist": 3},
    streams={"emg": recorder_pb2.StreamCount(samples=2048, rate_hz=2048, gaps=1)},
)
BROKEN = recorder_pb2.SessionInfo(session="20260102", take_name="expected a zip, got a text")


def test_a_row_has_date_length_labels_and_streams() -> None:
    row, broken = session_rows([FULL, BROKEN], "")

    assert (row.title, row.length) == ("first", "01:01")
    assert row.facts == "2026-01-01 10:20, Fist x3, Rest x2, 1 stream"
    assert (broken.title, broken.problem) == ("20260102", "expected a zip, got a text")
    assert stream_words(FULL) == ["emg: 2048 samples"]


def test_search_looks_at_names_labels_and_streams() -> None:
    for words in ("FIRST", "fist", "emg", "2026-01"):
        assert [row.title for row in session_rows([FULL, BROKEN], words)] == ["first"]
    assert session_rows([FULL], "nothing of the kind") == []


def test_an_empty_list_says_why() -> None:
    def said(polled):
        return list_words(polled, "recorder", "Record one.")

    some = recorder_pb2.ListSessionsReply(sessions=[FULL])
    assert said(NEVER) == "Asking the recorder."
    assert "does not answer" in said(GONE)
    assert said(live(recorder_pb2.ListSessionsReply())) == "Record one."
    trashed = recorder_pb2.ListSessionsReply(trashed=["20260101_first"])
    assert said(live(trashed)) == "Record one."
    assert said(live(some)) == ""
    assert said(old(some)) == "▲ The recorder does not answer: this list is 10 s old."


def test_only_what_can_be_opened_is_trained_on() -> None:
    polled = live(recorder_pb2.ListSessionsReply(sessions=[FULL, BROKEN]))

    assert chosen_sessions(polled, [FULL.session, BROKEN.session]) == [FULL]
    assert chosen_sessions(polled, []) == []
    assert chosen_sessions(NEVER, []) == []
    assert class_names([FULL, FULL]) == ["Rest", "Fist"]


def test_quality_has_a_mark_beside_its_colour() -> None:
    good, bad = recorder_pb2.Finding(name="rate", ok=True), recorder_pb2.Finding(name="gaps")

    assert quality_words(None)[1] == "stale"
    assert quality_words([good]) == ("● good", "ok")
    assert quality_words([good, bad]) == ("▲ look at gaps", "warn")


def test_every_deletion_can_be_undone_the_last_one_first() -> None:
    assert trash_words([]) == ""
    assert trash_words(["a"]) == "a is in the trash."
    assert trash_words(["a", "b", "c"]) == "c is in the trash, 2 more before it."
