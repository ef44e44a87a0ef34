import numpy as np
from emgrig_console.viewer.envelope import column_size, envelope, levels
from hypothesis import given
from hypothesis import strategies as st


@given(
    n=st.integers(0, 200),
    channels=st.integers(1, 4),
    first=st.integers(0, 1000),
    size=st.integers(1, 17),
)
def test_each_column_is_min_and_max_of_its_samples(n, channels, first, size) -> None:
    samples = np.random.default_rng(n).normal(3, 1, (n, channels)).astype(np.float32)

    columns = envelope(samples, first, size)

    assert columns.first * size >= first
    assert columns.first * size - first < size
    for k, values in enumerate(columns.values):
        start = (columns.first + k) * size - first
        mine = samples[start : start + size]
        assert np.array_equal(values[:, 0], mine.min(axis=0))
        assert np.array_equal(values[:, 1], mine.max(axis=0))
    left = n - (columns.first * size - first) - len(columns.values) * size
    assert left < size


@given(cut=st.integers(1, 99), size=st.integers(1, 9))
def test_columns_do_not_depend_on_when_they_are_asked_for(cut, size) -> None:
    samples = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)

    whole = envelope(samples, 0, size)
    later = envelope(samples[cut:], cut, size)

    assert np.array_equal(whole.values[later.first :], later.values)


def test_a_column_has_the_samples_of_its_share_of_the_span() -> None:
    assert column_size(5.0, 2048.0, 800) == 13
    assert column_size(1.0, 100.0, 800) == 1


def test_a_sample_that_is_no_number_leaves_its_column_drawable() -> None:
    samples = np.array([[1.0], [np.nan], [3.0], [np.inf]], np.float32)

    columns = envelope(samples, 0, 4)

    assert columns.values[0, 0].tolist() == [1.0, 3.0]


def test_a_level_is_what_moves_about_the_mean() -> None:
    samples = np.array([[5.0, 1.0, np.nan], [5.0, -1.0, 2.0]], np.float32)

    assert levels(samples).tolist() == [0.0, 1.0, 0.0]
    assert levels(samples[:0]).tolist() == [0.0, 0.0, 0.0]
