"""What waits is in order, counted, and bounded."""

import pytest
from emgrig.messages import Message
from emgrig.transport import backlog as backlog_module
from emgrig.transport.admission import MAX_STEP
from emgrig.transport.backlog import Backlog, Missing

KEY = ("a", "event/cue")
OTHER = ("a", "event/label")


def message(seq: int, *, epoch: str = "e", text: str = "") -> Message:
    return Message(topic=KEY[1], source=KEY[0], epoch=epoch, seq=seq, fields={"text": text})


def missing(first: int, last: int | None) -> Missing:
    return Missing("e", first, last, until=0.0)


def test_of_an_answer_only_what_is_missing_is_taken_each_once_and_in_order() -> None:
    gap = missing(3, 8)
    answer = [message(n) for n in (2, 5, 4, 5, 9, 7)]

    found, n_left_out = gap.take([*answer, message(8, epoch="f")])

    assert [one.seq for one in found] == [5, 7]
    assert n_left_out == 3
    assert (gap.first, gap.count) == (8, 1)


def test_a_number_that_no_loss_explains_is_not_taken() -> None:
    gap = missing(3, None)

    assert gap.take([message(4 + MAX_STEP)]) == ([], 0)
    assert gap.count == 0


def test_what_waits_for_two_gaps_is_released_one_by_one() -> None:
    backlog = Backlog()
    for item in (missing(0, 2), message(3), missing(4, 4), message(5), message(6)):
        backlog.add(KEY, item)

    assert backlog.release(KEY) == []
    assert [one.seq for one in backlog.resolve(KEY)] == [3]
    assert [one.seq for one in backlog.resolve(KEY)] == [5, 6]
    assert KEY not in backlog


def test_numbers_without_end_end_where_the_next_message_shows_what_is_missing() -> None:
    backlog = Backlog()
    backlog.add(KEY, missing(3, None))
    backlog.add(KEY, missing(3, 4))

    assert backlog.first_missing(KEY) == missing(3, 4)

    backlog.add(OTHER, missing(3, None))
    backlog.add(OTHER, message(3))
    assert [one.seq for one in backlog.release(OTHER)] == [3]


def test_who_was_asked_for_is_behind_the_others() -> None:
    backlog = Backlog()
    backlog.add(KEY, missing(0, 2))
    backlog.add(OTHER, missing(0, 2))

    backlog.defer(KEY)

    assert [key for key, _ in backlog.gaps()] == [OTHER, KEY]


@pytest.mark.parametrize("limit", ["MAX_ITEMS", "MAX_BYTES"])
def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(backlog_module, limit, 100)
    backlog = Backlog()
    backlog.add(KEY, missing(0, 0))
    n_added = 0
    while not backlog.is_full:
        n_added += 1
        backlog.add(KEY, message(n_added, text="some words"))

    assert n_added <= 100
    assert len(backlog.withdraw(KEY)) == n_added
    assert not backlog.is_full
