"""Progress tells how long it will take, not too often, and ends a cancelled run."""

import pytest
from emgrig_trainer.progress import CancelledRunError, Progress


class Clock:
    now_s = 10.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[dict]:
    return []


@pytest.fixture
def progress(clock, told) -> Progress:
    return Progress(told.append, clock)


def test_remaining_time_counts_later_stages(progress, clock, told):
    progress.report("validate", 0, 100, later=100)
    clock.now_s += 2.0
    progress.report("validate", 20, 100, later=100)

    assert told[-1] == {
        "stage": "validate",
        "done": 20,
        "total": 100,
        "elapsed_s": 2.0,
        "remaining_s": 18.0,
    }


def test_reports_come_at_most_twenty_times_a_second_and_at_the_end(progress, clock, told):
    for done in range(101):
        progress.tell("fit", done, 100)
        clock.now_s += 0.01

    assert [line["done"] for line in told][-1] == 100
    assert len(told) <= 22


def test_a_cancelled_run_ends_at_the_next_report(progress):
    progress.is_cancelled = True

    with pytest.raises(CancelledRunError):
        progress.report("fit", 1, 100)
