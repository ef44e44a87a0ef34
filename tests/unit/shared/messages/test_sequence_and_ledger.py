"""The numbers in a header tell what is missing; the ledger says what became of everything."""

import pytest
from emgrig.messages import Ledger, Message, SequenceTracker


def message(seq: int, epoch: str = "a", topic: str = "window/emg") -> Message:
    return Message(topic=topic, source="emg-acquirer", epoch=epoch, seq=seq)


def test_numbers_in_order_miss_nothing() -> None:
    tracker = SequenceTracker()

    observations = [tracker.observe(message(seq)) for seq in range(3)]

    assert [o.new_epoch for o in observations] == [True, False, False]
    assert not any(o.missing or o.duplicate for o in observations)


def test_a_jump_names_the_missing_numbers() -> None:
    tracker = SequenceTracker()
    tracker.observe(message(0))

    assert tracker.observe(message(4)).missing == range(1, 4)


def test_a_number_that_comes_again_is_a_duplicate() -> None:
    tracker = SequenceTracker()
    tracker.observe(message(0))
    tracker.observe(message(1))

    assert tracker.observe(message(1)).duplicate
    assert not tracker.observe(message(2)).missing


def test_a_new_epoch_misses_everything_before_it() -> None:
    tracker = SequenceTracker()
    tracker.observe(message(9))

    observation = tracker.observe(message(2, epoch="b"))

    assert observation.new_epoch
    assert observation.missing == range(2)


def test_topics_are_counted_apart() -> None:
    tracker = SequenceTracker()
    tracker.observe(message(5))

    assert tracker.observe(message(0, topic="chunk/emg")).missing == range(0)


def test_a_resumed_sequence_goes_on_where_it_stopped() -> None:
    tracker = SequenceTracker()
    tracker.resume("emg-acquirer", "window/emg", "a", 3)

    assert tracker.observe(message(5)).missing == range(3, 5)


def test_the_ledger_balances_when_every_message_has_one_end() -> None:
    ledger = Ledger()
    ledger.receive("window/emg", 4)
    ledger.use("window/emg")
    ledger.skip("window/emg", "no_model", 2)
    ledger.refuse("window/emg", "spec_mismatch")
    ledger.lose("window/emg", "overrun", 3)

    assert ledger.is_balanced
    assert ledger.as_dict()["window/emg"] == {
        "received": 7,
        "used": 1,
        "skipped": {"no_model": 2, "overrun": 3},
        "refused": {"spec_mismatch": 1},
    }


@pytest.mark.parametrize("verb", ["receive", "use"])
def test_the_ledger_does_not_balance_when_one_is_forgotten(verb: str) -> None:
    ledger = Ledger()
    getattr(ledger, verb)("window/emg")

    assert not ledger.is_balanced


def test_a_snapshot_is_taken_between_two_messages_only() -> None:
    ledger = Ledger()
    ledger.snapshot()
    ledger.checkpoint()
    ledger.receive("window/emg")

    assert ledger.snapshot() == {}
    ledger.use("window/emg")
    ledger.checkpoint()
    assert ledger.snapshot()["window/emg"]["used"] == 1


def test_losing_nothing_leaves_no_trace() -> None:
    ledger = Ledger()
    ledger.lose("window/emg", "overrun", 0)

    assert ledger.as_dict() == {}
