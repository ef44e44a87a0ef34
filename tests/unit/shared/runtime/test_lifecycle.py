"""The state table and the facts that the state follows from."""

import sys
import threading

import pytest
from emgrig.runtime import TRANSITIONS, Lifecycle, State


def ready() -> tuple[Lifecycle, list[tuple[State, State]]]:
    changes: list[tuple[State, State]] = []
    lifecycle = Lifecycle(lambda old, new: changes.append((old, new)))
    lifecycle.enter(State.READY)
    return lifecycle, changes


def test_every_state_but_the_last_two_can_end() -> None:
    for state, following in TRANSITIONS.items():
        assert following or state in (State.STOPPED, State.FAULTED)


def test_a_transition_that_the_table_does_not_have_is_a_bug() -> None:
    lifecycle, _ = ready()
    with pytest.raises(ValueError, match="after READY, got STOPPED"):
        lifecycle.enter(State.STOPPED)


def test_data_makes_it_running_and_its_end_ready() -> None:
    lifecycle, changes = ready()

    lifecycle.set_flowing(True)
    lifecycle.set_flowing(True)
    lifecycle.set_flowing(False)

    assert [new for _, new in changes] == [State.READY, State.RUNNING, State.READY]


def test_trouble_makes_it_degraded_until_the_last_one_is_over() -> None:
    lifecycle, _ = ready()
    lifecycle.set_flowing(True)

    assert lifecycle.set_trouble("disk", "full")
    assert not lifecycle.set_trouble("disk", "still full")
    lifecycle.set_trouble("peer", "silent")
    assert lifecycle.clear_trouble("disk") is not None
    assert lifecycle.state == State.DEGRADED
    lifecycle.clear_trouble("peer")

    assert lifecycle.state == State.RUNNING
    assert lifecycle.clear_trouble("peer") is None


def test_trouble_is_told_in_words_with_its_age() -> None:
    lifecycle, _ = ready()
    lifecycle.set_trouble("disk", "full")

    assert lifecycle.troubles() == {"disk": "full (since 0 s)"}


def test_trouble_before_ready_waits_for_it() -> None:
    lifecycle = Lifecycle(lambda old, new: None)
    lifecycle.set_trouble("peer", "silent")
    assert lifecycle.state == State.STARTING

    lifecycle.enter(State.READY)
    lifecycle.refresh()

    assert lifecycle.state == State.DEGRADED


def test_nothing_brings_a_stopping_process_back() -> None:
    lifecycle, _ = ready()
    lifecycle.enter(State.STOPPING)

    lifecycle.set_flowing(True)
    lifecycle.set_trouble("disk", "full")

    assert lifecycle.state == State.STOPPING


def test_facts_that_come_while_it_stops_are_no_fault() -> None:
    faults: list[ValueError] = []
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(300):
            stop_amid_troubles(faults)
    finally:
        sys.setswitchinterval(interval_s)

    assert not faults


def stop_amid_troubles(faults: list[ValueError]) -> None:
    lifecycle, _ = ready()
    is_begun = threading.Event()

    def troubles() -> None:
        try:
            for n in range(40):
                lifecycle.set_trouble("disk", "full")
                lifecycle.clear_trouble("disk")
                if n == 2:
                    is_begun.set()
        except ValueError as error:
            faults.append(error)

    thread = threading.Thread(target=troubles)
    thread.start()
    is_begun.wait(5)
    lifecycle.enter(State.STOPPING)
    thread.join()
