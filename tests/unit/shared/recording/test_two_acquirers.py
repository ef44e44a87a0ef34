"""Two acquirers of one stream: the session has every sample that either of them got, once."""

from itertools import pairwise

import numpy as np
import pytest
from emgrig.messages import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.shared.recording.two_acquirers import (
    CLOCKS,
    Acquirer,
    cut,
    draw_spans,
    export,
    in_order,
)

A, B = CLOCKS


def together(first: list[Message], second: list[Message]) -> list[Message]:
    """Return both in the order in which a recorder hears them."""
    return sorted([*first, *second], key=lambda message: message.t_last)


@pytest.mark.parametrize("dead", CLOCKS)
def test_either_may_die_and_come_back_without_a_gap(tmp_path_factory, dead):
    spans = {name: [(0, 2000)] for name in CLOCKS} | {dead: [(7, 611), (1203, 2000)]}
    first, second = (cut(Acquirer(name), spans[name], size) for name, size in ((A, 32), (B, 20)))

    rows, times, books = export(tmp_path_factory, together(first, second))

    assert rows == list(range(2000))
    assert np.all(np.diff(times) > 0)
    assert books["streams"]["emg"]["n_gaps"] == 0
    assert books["streams"]["emg"]["missing"] == 0


def test_both_dead_is_a_gap_of_that_length(tmp_path_factory):
    first = cut(Acquirer(A), [(0, 500), (1000, 2000)], 32)
    second = cut(Acquirer(B), [(0, 600), (900, 2000)], 20)

    rows, _, books = export(tmp_path_factory, together(first, second))

    assert rows == [*range(600), *range(900, 2000)]
    (gap,) = books["gaps"]["emg"]
    assert gap["seconds"] == pytest.approx(0.301, abs=1e-3)


def test_each_stretch_names_the_acquirer_that_it_came_from(tmp_path_factory):
    first = cut(Acquirer(A), [(0, 1000)], 32)
    second = cut(Acquirer(B), [(500, 2000)], 20)

    rows, _, books = export(tmp_path_factory, together(first, second))

    assert rows == list(range(2000))
    origins = [(run["source"], run["first_index"]) for run in books["streams"]["emg"]["epochs"]]
    assert origins == [(A, 0), (B, 1000)]


def test_a_clock_that_is_set_back_loses_nothing(tmp_path_factory):
    messages = []
    acquirers = [Acquirer(A), Acquirer(B)]
    for start in range(0, 2000, 20):
        clock_s = 50.0 if start < 1000 else -3550.0
        messages += [a.chunk(start, start + 20, clock_s=clock_s) for a in acquirers]

    rows, _, _ = export(tmp_path_factory, messages)

    assert rows == list(range(2000))


def cut_with_step(
    acquirer: Acquirer, spans, size: int, *, step_at: int, step_s: float
) -> list[tuple[int, Message]]:
    """Return (last sample, chunk) of one whose source's clock steps at a sample."""
    found = []
    for number, (start, stop) in enumerate(spans):
        acquirer.begin(str(number))
        edges = sorted({*range(start, stop, size), stop, min(max(start, step_at), stop)})
        for a, b in pairwise(edges):
            clock_s = 50.0 + (step_s if a >= step_at else 0.0)
            found.append((b, acquirer.chunk(a, b, clock_s=clock_s)))
    return found


@pytest.mark.parametrize("dead", CLOCKS)
def test_a_clock_that_is_set_back_while_one_is_dead_gives_no_row_twice(tmp_path_factory, dead):
    spans = {name: [(0, 3000)] for name in CLOCKS} | {dead: [(0, 600), (1800, 3000)]}
    heard = [
        cut_with_step(Acquirer(name), spans[name], 20, step_at=1000, step_s=-0.9) for name in CLOCKS
    ]

    rows, _, books = export(tmp_path_factory, in_order(*heard))

    assert rows == list(range(3000))
    assert [gap["kind"] for gap in books["gaps"]["emg"]] == ["backwards"]


def test_one_that_comes_with_the_first_chunk_behind_a_step_is_behind_it(tmp_path_factory):
    first = cut_with_step(Acquirer(A), [(0, 400)], 5, step_at=200, step_s=-3600.0)
    second = cut_with_step(Acquirer(B), [(200, 201)], 5, step_at=200, step_s=-3600.0)

    rows, _, _ = export(tmp_path_factory, in_order(first, second))

    assert rows == list(range(400))


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whoever_lives_when_the_clock_steps_each_row_is_recorded_once(tmp_path_factory, data):
    alive = draw_spans(data, 3000), draw_spans(data, 3000)
    # Somebody lives to see the step, and it is more than jitter.
    step_at = data.draw(st.sampled_from([k for one in alive for k in inside(one)] or [0]))
    step_s = data.draw(st.sampled_from([-3600.0, -2.0, -0.5, 0.5, 3600.0]))
    sizes = data.draw(st.tuples(st.integers(5, 90), st.integers(5, 90)))
    heard = [
        cut_with_step(Acquirer(name), spans, size, step_at=step_at, step_s=step_s)
        for name, spans, size in zip(CLOCKS, alive, sizes, strict=True)
    ]

    rows, _, _ = export(tmp_path_factory, in_order(*heard))

    union = {row for one in alive for start, stop in one for row in range(start, stop)}
    assert rows == sorted(union)


def inside(spans: list[tuple[int, int]]) -> list[int]:
    """Return samples in the middle of spans that are long enough to have one."""
    return [(start + stop) // 2 for start, stop in spans if stop - start > 400]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whoever_lives_the_union_is_recorded_in_order(tmp_path_factory, data):
    alive = draw_spans(data, 3000), draw_spans(data, 3000)
    sizes = data.draw(st.tuples(st.integers(5, 200), st.integers(5, 200)))
    heard = [cut(Acquirer(n), s, z) for n, s, z in zip(CLOCKS, alive, sizes, strict=True)]

    rows, _, _ = export(tmp_path_factory, together(*heard))

    union = {row for one in alive for start, stop in one for row in range(start, stop)}
    assert rows == sorted(union)
