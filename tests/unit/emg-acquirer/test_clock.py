"""Time correction never turns time around, and gets where it should."""

from collections.abc import Callable

import numpy as np
import pytest
from emgrig_emg_acquirer.clock import ClockMapping
from hypothesis import given
from hypothesis import strategies as st

RATE_HZ = 2048


def chunks(n_chunks: int, size: int = 32) -> list[np.ndarray]:
    return list((1000 + np.arange(n_chunks * size) / RATE_HZ).reshape(n_chunks, size))


def test_first_correction_of_a_source_is_taken_as_it_is():
    clock = ClockMapping()
    clock.restart(123.25)

    np.testing.assert_array_equal(clock.apply(np.array([1.0, 2.0])), [124.25, 125.25])


def test_correction_moves_slowly_and_arrives():
    clock = ClockMapping()
    clock.restart(0.0)
    stamps = chunks(10 * RATE_HZ // 32)  # 10 s
    clock.apply(stamps[0])
    clock.aim(0.002)

    mapped = np.concatenate([clock.apply(chunk) for chunk in stamps[1:]])

    correction = mapped - np.concatenate(stamps[1:])
    assert correction[0] < 1e-6
    assert np.diff(correction).max() <= 500e-6 / RATE_HZ * 1.001
    assert correction[RATE_HZ] == pytest.approx(500e-6, rel=0.02)
    assert correction[-1] == pytest.approx(0.002, abs=1e-12)


def test_jump_of_a_clock_is_taken_at_once():
    clock = ClockMapping()
    clock.restart(0.0)
    clock.apply(np.array([1.0]))
    clock.aim(-50.0)

    np.testing.assert_allclose(clock.apply(np.array([100.0, 101.0])), [50.0, 51.0])


@given(
    st.lists(st.tuples(st.floats(-0.09, 0.09), st.integers(1, 400)), min_size=1, max_size=30),
)
def test_ascending_stamps_keep_ascending(estimates):
    clock = ClockMapping()
    clock.restart(0.0)
    raw = 500 + np.arange(sum(size for _, size in estimates)) / RATE_HZ
    mapped, start = [], 0
    for correction_s, size in estimates:
        if abs(correction_s - clock.offset_s) <= 0.1:
            clock.aim(correction_s)
        mapped.append(clock.apply(raw[start : start + size]))
        start += size

    steps = np.diff(np.concatenate(mapped)) * RATE_HZ

    assert np.all(np.abs(steps - 1) < 0.00051)


def test_stamps_that_the_sender_jitters_backwards_do_not_move_the_correction():
    clock = ClockMapping()
    clock.restart(0.0)
    clock.apply(np.array([10.0]))
    clock.aim(0.01)

    np.testing.assert_array_equal(clock.apply(np.array([9.0, 9.5])), [9.0, 9.5])
    assert clock.offset_s == 0


class Stamps(np.ndarray):
    """Time stamps during whose mapping something happens."""

    meanwhile: Callable[[], None]

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        self.meanwhile()
        plain = [np.asarray(one) if isinstance(one, Stamps) else one for one in inputs]
        return getattr(ufunc, method)(*plain, **kwargs)


def test_an_estimate_that_comes_while_stamps_are_mapped_is_followed_as_slowly():
    clock = ClockMapping()
    clock.restart(0.0)
    first, second, third = chunks(3)
    clock.apply(first)
    clock.aim(1e-6)  # so little that this chunk arrives at it
    interrupted = second.view(Stamps)
    interrupted.meanwhile = lambda: clock.aim(-0.05)

    mapped = np.concatenate([clock.apply(interrupted), clock.apply(third)])

    assert np.diff(mapped).min() > 0
    assert clock.offset_s == pytest.approx(1e-6 - 500e-6 * 32 / RATE_HZ)
