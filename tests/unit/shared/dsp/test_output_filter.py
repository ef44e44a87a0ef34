"""Output filters against their formulas, and what they do with bad values."""

import math
from dataclasses import replace

import numpy as np
import pytest
from emgrig.dsp import FilterSettings, OutputFilter
from emgrig.errors import RequestError
from hypothesis import given
from hypothesis import strategies as st

KINDS = ("identity", "gaussian", "one_euro")
VALUES = st.lists(st.floats(-1, 1), min_size=1, max_size=12)


def one_euro_reference(xs, dts, s):
    """One component, word for word as contracts/numerics.md has it."""

    def alpha(fc, dt):
        return 1 / (1 + (1 / (2 * math.pi * fc)) / dt)

    y, dx_s, out = xs[0], 0.0, [xs[0]]
    for x, dt in zip(xs[1:], dts[1:], strict=True):
        dx = (x - y) / dt
        dx_s = alpha(s.d_cutoff, dt) * dx + (1 - alpha(s.d_cutoff, dt)) * dx_s
        fc = s.min_cutoff + s.beta * abs(dx_s)
        y = alpha(fc, dt) * x + (1 - alpha(fc, dt)) * y
        out.append(y)
    return out


@given(xs=VALUES, data=st.data())
def test_one_euro_is_its_formula(xs, data):
    steps = st.floats(0.001, 0.5)
    dts = data.draw(st.lists(steps, min_size=len(xs), max_size=len(xs)))
    settings = FilterSettings("one_euro", min_cutoff=0.5, beta=0.9, d_cutoff=2.0)
    smooth = OutputFilter(settings)
    t = np.cumsum(dts)
    got = [smooth([x, -x], t_s) for x, t_s in zip(xs, t, strict=True)]
    expected = one_euro_reference(xs, [0.0, *np.diff(t)], settings)
    np.testing.assert_allclose([g[0] for g in got], expected, atol=1e-12)
    np.testing.assert_allclose([g[1] for g in got], np.negative(expected), atol=1e-12)


@pytest.mark.parametrize("unknown", [None, float("nan"), float("inf")])
def test_one_euro_without_time_stamps_takes_a_32nd_of_a_second(unknown):
    settings = FilterSettings()
    smooth = OutputFilter(settings)
    got = [smooth([x], unknown)[0] for x in (0.0, 1.0, 1.0)]
    expected = one_euro_reference([0.0, 1.0, 1.0], [0, 1 / 32, 1 / 32], settings)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_one_euro_survives_time_standing_still_or_going_back():
    smooth = OutputFilter(FilterSettings())
    smooth([0.0], 5.0)
    assert 0 <= smooth([1.0], 5.0)[0] < 0.1
    assert 0 <= smooth([1.0], 4.0)[0] < 0.1


@given(xs=VALUES, window=st.integers(1, 6), sigma=st.floats(0.5, 3))
def test_gaussian_is_its_formula(xs, window, sigma):
    smooth = OutputFilter(FilterSettings("gaussian", window=window, sigma=sigma))
    got = [smooth([x])[0] for x in xs]
    for n, value in enumerate(got, start=1):
        recent = np.array(xs[max(0, n - window) : n])
        k = np.arange(window)[-len(recent) :]
        weights = np.exp(-((k - (window - 1)) ** 2) / (2 * sigma**2))
        assert value == pytest.approx((weights * recent).sum() / weights.sum(), abs=1e-12)


def test_identity_passes_values_unchanged():
    pose = np.array([0.1, -0.2, 0.3], dtype=np.float32)
    got = OutputFilter(FilterSettings("identity"))(pose, 1.0)
    np.testing.assert_array_equal(got, pose)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_bad_component_holds_its_last_good_output(kind, bad):
    smooth = OutputFilter(FilterSettings(kind))
    assert smooth([bad, 0.5], 0.0).tolist() == [0.0, 0.5]  # nothing to hold yet: rest
    first = smooth([0.8, 0.5], 0.1)
    assert first[0] == 0.8  # the bad value did not seed the state
    held = smooth([bad, 0.5], 0.2)
    assert held[0] == first[0]
    assert np.isfinite(smooth([0.9, 0.5], 0.3)).all()


def test_one_euro_takes_the_whole_time_since_the_last_good_value():
    settings = FilterSettings()
    smooth = OutputFilter(settings)
    for x, t_s in ((0.0, 0.0), (math.nan, 0.4)):
        smooth([x], t_s)
    expected = one_euro_reference([0.0, 1.0], [0, 0.5], settings)[-1]
    assert smooth([1.0], 0.5)[0] == pytest.approx(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_reset_and_another_length_start_afresh(kind):
    smooth = OutputFilter(FilterSettings(kind))
    smooth([1.0, 1.0], 0.0)
    smooth.reset()
    assert smooth([0.0, 0.5], 0.1).tolist() == [0.0, 0.5]
    assert smooth([0.7], 0.2).tolist() == [0.7]


def test_parameters_change_live_without_a_jump():
    smooth = OutputFilter(FilterSettings(min_cutoff=0.01, beta=0))
    smooth([0.0], 0.0)
    slow = smooth([1.0], 0.03)[0]
    smooth.update(replace(smooth.settings, min_cutoff=10))
    fast = smooth([1.0], 0.06)[0]
    assert slow < 0.01 < fast < 1
    assert smooth.settings.min_cutoff == 10


def test_gaussian_window_shrinks_live():
    smooth = OutputFilter(FilterSettings("gaussian", window=30, sigma=10))
    for _ in range(20):
        smooth([1.0])
    smooth.update(FilterSettings("gaussian", window=1))
    assert smooth([0.25])[0] == 0.25


def test_another_kind_starts_afresh_but_still_holds():
    smooth = OutputFilter(FilterSettings("one_euro"))
    smooth([0.5], 0.0)
    smooth.update(FilterSettings("gaussian"))
    assert smooth([math.nan], 0.1)[0] == 0.5
    assert smooth([1.0], 0.2)[0] == 1.0


def test_output_is_the_callers_own():
    smooth = OutputFilter(FilterSettings())
    smooth([0.5], 0.0)[:] = 9
    assert smooth([math.nan], 0.1)[0] == 0.5


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "median"}, "must be one of"),
        ({"min_cutoff": 0}, r"min_cutoff must be between 0\.01 and 10 Hz, got 0"),
        ({"min_cutoff": math.nan}, "min_cutoff must be between"),
        ({"beta": 1.1}, "beta must be between 0 and 1, got 1.1"),
        ({"d_cutoff": 11}, "d_cutoff must be between"),
        ({"window": 0}, "window must be between 1 and 30 predictions"),
        ({"window": 2.5}, "whole number"),
        ({"sigma": 0.05}, "sigma must be between"),
    ],
)
def test_settings_out_of_range_name_the_range(values, words):
    with pytest.raises(RequestError, match=words):
        FilterSettings(**values)


def test_settings_as_a_document():
    assert FilterSettings(**FilterSettings("gaussian").to_dict()) == FilterSettings("gaussian")
