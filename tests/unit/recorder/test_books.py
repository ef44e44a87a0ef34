"""What ledgers gained during a take, whoever was started again meanwhile."""

from emgrig_recorder.books import TakeBooks, ledger_of


def ledger(received: int, *, superseded: int = 0) -> dict:
    entry = {
        "received": received,
        "used": received - superseded,
        "skipped": {"superseded": superseded},
        "refused": {},
    }
    return {"window/emg": entry}


def test_only_what_came_after_the_start_counts():
    books = TakeBooks({"feature-extractor": ("a", ledger(100))})

    books.note("feature-extractor", "a", ledger(130, superseded=2))

    gained = books.gained()["feature-extractor"]["window/emg"]
    assert (gained["received"], gained["used"], gained["skipped"]["superseded"]) == (30, 28, 2)


def test_a_restarted_process_begins_again_at_nothing():
    books = TakeBooks({"feature-extractor": ("a", ledger(100))})

    books.note("feature-extractor", "a", ledger(150))
    books.note("feature-extractor", "b", ledger(7, superseded=3))
    books.note("feature-extractor", "c", ledger(5))

    gained = books.gained()["feature-extractor"]["window/emg"]
    assert (gained["received"], gained["skipped"]["superseded"]) == (62, 3)
    assert gained["received"] == gained["used"] + 3


def test_a_recorder_that_was_killed_goes_on_where_it_was():
    books = TakeBooks({"predictor": ("a", ledger(100))})
    books.note("predictor", "a", ledger(150))

    again = TakeBooks.from_document(books.as_document())
    again.note("predictor", "a", ledger(180))
    again.note("predictor", "b", ledger(10))

    assert again.gained()["predictor"]["window/emg"]["received"] == 90


def test_what_is_no_such_document_counts_as_nothing():
    for document in ({}, {"newest": 5, "before": [], "ended": "x"}, {"newest": {"a": [1]}}):
        assert TakeBooks.from_document(document).gained() == {}


def test_of_a_health_only_counts_are_taken():
    assert ledger_of({"ledger": {"window/emg": 5, "x": {"received": "many"}}}) == {
        "x": {"received": 0, "used": 0}
    }


def test_who_was_always_there_is_known():
    books = TakeBooks({"predictor": ("a", ledger(10)), "vhi-bridge": ("a", ledger(10))})
    books.note("predictor", "a", ledger(30))
    books.note("vhi-bridge", "b", ledger(5))
    books.note("trainer", "a", ledger(5))

    assert books.unbroken() == {"predictor"}
    assert TakeBooks.from_document(books.as_document()).unbroken() == {"predictor"}


def test_who_stood_still_was_not_always_there():
    books = TakeBooks({"predictor": ("a", ledger(10)), "emg-acquirer": ("a", ledger(10))})

    books.note("emg-acquirer", "a", ledger(20))
    books.note("predictor", "a", ledger(20), was_silent=True)
    books.note("predictor", "a", ledger(30))

    assert books.unbroken() == {"emg-acquirer"}
    assert TakeBooks.from_document(books.as_document()).unbroken() == {"emg-acquirer"}
