"""Which step of a protocol is due when."""

import pytest
from emgrig.control import MAX_STEPS, hand_pb2
from emgrig.errors import RequestError
from emgrig_vhi_bridge.stepping import Schedule, Step, schedule_of

PLAN = Schedule.of([Step("Rest", 2.0), Step("Fist", 1.0, sweep=True), Step("Rest", 0.5)])


def requested(hold_s: float, *, n: int = 1, name: str = "p"):
    request = hand_pb2.StartProtocolRequest(name=name)
    request.steps.extend([hand_pb2.ProtocolStep(gesture="Fist", hold_s=hold_s)] * n)
    return request


def test_each_step_ends_by_the_plan_however_late_the_one_before_was() -> None:
    assert PLAN.ends_s == (2.0, 3.0, 3.5)
    assert PLAN.wait_s(1, 2.0) == 1.0
    assert PLAN.wait_s(1, 2.75) == 0.25
    # One that is over already is left at once, and the next one is shorter for it.
    assert PLAN.wait_s(1, 3.2) == 0.0
    assert PLAN.wait_s(2, 3.2) == pytest.approx(0.3)


def test_what_remains_counts_down_to_nothing() -> None:
    assert [PLAN.remaining_s(t) for t in (0.0, 3.0, 9.0)] == [3.5, 0.5, 0.0]


def test_a_request_becomes_a_schedule() -> None:
    request = requested(2.0)
    request.steps.add(gesture="Rest", hold_s=1, sweep=True)

    assert schedule_of(request).steps == (Step("Fist", 2.0), Step("Rest", 1.0, sweep=True))


@pytest.mark.parametrize("hold_s", [0.0, -1.0, float("nan"), float("inf"), 1e6])
def test_a_step_that_is_held_for_no_sensible_time_is_refused(hold_s) -> None:
    with pytest.raises(RequestError, match="step 1, Fist"):
        schedule_of(requested(hold_s))


@pytest.mark.parametrize("n", [0, MAX_STEPS + 1])
def test_no_steps_and_too_many_are_refused(n) -> None:
    with pytest.raises(RequestError, match=f"got {n}"):
        schedule_of(requested(1.0, n=n))


def test_a_name_that_nobody_reads_is_refused() -> None:
    with pytest.raises(RequestError, match="at most 200 characters, got 201"):
        schedule_of(requested(1.0, name="n" * 201))
