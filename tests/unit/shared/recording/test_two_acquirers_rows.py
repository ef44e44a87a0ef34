"""Two acquirers of one stream: samples tell which rows are the same, whatever the stamps say."""

from itertools import pairwise

import numpy as np
import pytest
from emgrig.messages import Message
from emgrig.recording import export_session, open_session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.shared.recording.builders import FS, record, samples
from tests.unit.shared.recording.two_acquirers import (
    CLOCKS,
    Acquirer,
    cut,
    draw_spans,
    export,
    in_order,
)

A, B = CLOCKS

N_ROWS = 3000
ORDER = np.arange(N_ROWS)
HALF = N_ROWS // 2
STAMPS = {
    "32 samples to a stamp": ORDER // 32 * 32 / FS,
    "512 samples to a stamp": ORDER // 512 * 512 / FS,
    "every stamp twice": ORDER // 2 * 2 / FS,
    "pairs swapped": (ORDER ^ 1) / FS,
    "some samples late": ORDER / FS - np.where((ORDER >= HALF) & (ORDER < HALF + 32), 0.05, 0.0),
    "no time at all": np.zeros(N_ROWS),
}
"""What an amplifier may say of the times of its samples, seconds."""


def heard_by(
    acquirer: Acquirer, spans, size: int, stamps: np.ndarray, fs: float, values: np.ndarray
) -> list[tuple[int, Message]]:
    """Return (last sample, chunk) of one that was alive during the spans."""
    found = []
    for number, (start, stop) in enumerate(spans):
        acquirer.begin(str(number))
        for a, b in pairwise([*range(start, stop, size), stop]):
            found.append((b, acquirer.stamped(50.0 + stamps[a:b], values[a:b], fs)))
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(list(STAMPS)), st.sampled_from([FS, 0.0]))
def test_whatever_the_stamps_say_each_row_is_recorded_once(tmp_path_factory, data, clock, fs):
    alive = draw_spans(data, N_ROWS), draw_spans(data, N_ROWS)
    sizes = data.draw(st.tuples(st.integers(5, 200), st.integers(5, 200)))
    values = samples(0, N_ROWS)
    heard = [
        heard_by(Acquirer(name), spans, size, STAMPS[clock], fs, values)
        for name, spans, size in zip(CLOCKS, alive, sizes, strict=True)
    ]

    rows, _, _ = export(tmp_path_factory, in_order(*heard))

    union = {row for one in alive for start, stop in one for row in range(start, stop)}
    assert rows == sorted(union)


@pytest.mark.parametrize("clock", ["32 samples to a stamp", "every stamp twice"])
def test_dead_electrodes_are_told_apart_by_the_stamps_around(tmp_path_factory, clock):
    values = np.full((N_ROWS, 2), np.nan, np.float32)
    spans = [(0, 1511)], [(777, N_ROWS)]
    heard = [
        heard_by(Acquirer(name), alive, size, STAMPS[clock], FS, values)
        for name, alive, size in zip(CLOCKS, spans, (32, 21), strict=True)
    ]

    folder = tmp_path_factory.mktemp("dead")
    path = export_session(record(folder / "take.recording", in_order(*heard)), folder)

    with open_session(path) as session:
        np.testing.assert_allclose(session.timestamps("emg"), 50.0 + STAMPS[clock], atol=1e-3)


def test_what_is_back_filled_late_goes_to_its_place(tmp_path_factory):
    """The first acquirer died twice, the recorder too: it hears the second one's ring at last."""
    first = cut(Acquirer(A), [(0, 700), (1200, 1500), (1900, 3000)], 32)
    second = cut(Acquirer(B), [(300, 800), (1000, 2200)], 20)

    rows, _, _ = export(tmp_path_factory, [*first, *second])

    assert rows == [*range(800), *range(1000, 3000)]


def test_what_fits_between_goes_between_though_it_shares_no_row(tmp_path_factory):
    first = cut(Acquirer(A), [(0, 700), (1900, 3000)], 32)
    second = cut(Acquirer(B), [(1000, 1800)], 20)

    rows, _, books = export(tmp_path_factory, [*first, *second])

    assert rows == [*range(700), *range(1000, 1800), *range(1900, 3000)]
    assert [gap["kind"] for gap in books["gaps"]["emg"]] == ["epoch", "epoch"]


def test_two_streams_that_are_not_the_same_are_both_kept(tmp_path_factory):
    """Two amplifiers of one name: whoever mixed them up finds every sample of both."""
    stamps = ORDER / FS
    heard = [
        heard_by(Acquirer(name), [(0, N_ROWS)], 32, stamps, FS, samples(start, N_ROWS))
        for name, start in zip(CLOCKS, (0, 5000), strict=True)
    ]

    rows, _, _ = export(tmp_path_factory, in_order(*heard))

    assert rows == [*range(N_ROWS), *range(5000, 5000 + N_ROWS)]
