"""When a process was away is told by what was recorded then, over its restarts and our own."""

import pytest
from emgrig_recorder.books import TakeBooks
from emgrig_recorder.outages import MAX_AWAY, Outages


def away(books: TakeBooks) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = books.as_document()["outages"]["away"]
    return [(name, since, until) for name, since, until in found]


def test_an_outage_lasts_from_the_last_word_to_the_second_of_the_next_incarnation() -> None:
    books = TakeBooks({"predictor": ("a", {}), "feature-extractor": ("a", {})})
    for t in (10.0, 11.0):
        books.note("predictor", "a", {}, t=t)
        books.note("feature-extractor", "a", {}, t=t)

    books.note("predictor", "b", {}, t=13.0)
    assert away(books) == [("predictor", 11.0, 13.0)]
    for t in (14.0, 15.0):
        books.note("feature-extractor", "a", {}, t=t)
        books.note("predictor", "b", {}, t=t)

    assert away(books) == [("predictor", 11.0, 14.0)]


def test_who_said_nothing_in_the_take_before_was_away_since_its_begin() -> None:
    books = TakeBooks({"predictor": ("a", {})})

    books.note("predictor", "b", {}, t=3.0)

    assert away(books) == [("predictor", 0.0, 3.0)]


def test_who_comes_for_the_first_time_was_not_away() -> None:
    books = TakeBooks({})

    books.note("predictor", "a", {}, t=3.0)

    assert away(books) == []


def test_who_is_silent_when_the_take_ends_was_away_since_its_last_word() -> None:
    books = TakeBooks({"predictor": ("a", {}), "feature-extractor": ("a", {})})
    for process in ("predictor", "feature-extractor"):
        books.note(process, "a", {}, t=10.0)

    books.end({"predictor", "nobody"}, t=12.5)

    assert away(books) == [("predictor", 10.0, 12.5)]


def test_who_said_one_word_since_it_is_back_was_away_until_the_take_ended() -> None:
    books = TakeBooks({"predictor": ("a", {})})
    books.note("predictor", "a", {}, t=10.0)
    books.note("predictor", "b", {}, t=12.0)

    books.end((), t=12.5)

    assert away(books) == [("predictor", 10.0, 12.5)]


def test_a_recorder_that_was_killed_knows_who_was_restarted_meanwhile() -> None:
    books = TakeBooks({"predictor": ("a", {})})
    books.note("predictor", "a", {}, t=10.0)

    again = TakeBooks.from_document(books.as_document())
    again.note("predictor", "b", {}, t=20.0)
    again = TakeBooks.from_document(again.as_document())
    again.note("predictor", "b", {}, t=21.0)

    assert away(again) == [("predictor", 10.0, 21.0)]


def test_who_begins_anew_with_every_word_does_not_fill_the_books() -> None:
    books = TakeBooks({"predictor": ("a", {})})

    for word in range(MAX_AWAY + 50):
        books.note("predictor", f"e{word}", {}, t=float(word))

    assert len(away(books)) == MAX_AWAY


@pytest.mark.parametrize("document", [None, 5, {"away": 1}, {"away": [["a", 1.0]]}])
def test_what_is_no_such_document_counts_as_nothing(document: object) -> None:
    assert Outages.from_document(document) == Outages()
