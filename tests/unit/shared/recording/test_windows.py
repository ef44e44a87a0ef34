import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig.recording import WindowSpec, iter_aligned_windows, iter_labeled_windows, open_session
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.shared.recording.builders import FS, samples, write_session

SPEC = WindowSpec(window_samples=200, hop_samples=100)


@pytest.fixture
def make(tmp_path):
    """Return a function that writes and opens a session; all are closed at the end."""
    opened = []

    def build(streams, labels=()):
        path = write_session(tmp_path / f"{len(opened)}.session.zip", streams, labels)
        opened.append(open_session(path))
        return opened[-1]

    yield build
    for session in opened:
        session.close()


def emg(n, gaps=()):
    """Return n samples at 1 kHz from t = 10 s; each gap (index, seconds) moves the rest."""
    times = 10 + np.arange(n) / FS
    for index, seconds in gaps:
        times[index:] += seconds
    return samples(0, n), times


def kinematics(times):
    """Return a target at these times: the time itself and its negative."""
    return np.stack([times, -times], axis=1), times


def test_aligned_targets_are_the_mean_around_the_midpoint(make):
    target_times = 10 + np.arange(120) / 60
    session = make({"emg": emg(2000), "vhi_control": kinematics(target_times)})

    batch = iter_aligned_windows(session, SPEC, n_align=10)

    # The rule of contracts/numerics.md, one window at a time.
    times = session.timestamps("emg")
    for start, target, t_last in zip(batch.starts, batch.targets, batch.t_last, strict=True):
        nearest = np.argmin(np.abs(target_times - times[start + 100]))
        rows = target_times[max(0, nearest - 5) : nearest + 5]
        np.testing.assert_allclose(target, [rows.mean(), -rows.mean()], rtol=1e-12)
        assert t_last == times[start + 199]
    np.testing.assert_array_equal(batch.starts, np.arange(0, 1801, 100))
    assert batch.skipped == {}


def test_an_odd_number_of_rows_is_centred_on_the_nearest(make):
    target_times = 10 + np.arange(100) / 50
    session = make({"emg": emg(2000), "vhi_control": kinematics(target_times)})

    batch = iter_aligned_windows(session, SPEC, n_align=1)

    np.testing.assert_allclose(batch.targets[:, 0], 10.1 + 0.1 * np.arange(19))


def test_a_target_at_the_end_is_interpolated_at_the_last_sample(make):
    target_times = 10 + np.arange(121) / 60
    rows, _ = kinematics(target_times)
    rows[6] = np.nan  # at 10.1 s, the middle of the first window, which is not asked for
    session = make({"emg": emg(2000), "vhi_control": (rows, target_times)})

    batch = iter_aligned_windows(session, SPEC, n_align=None)

    np.testing.assert_allclose(batch.targets[:, 0], batch.t_last, rtol=1e-12)
    np.testing.assert_allclose(batch.targets[:, 1], -batch.t_last, rtol=1e-12)
    assert (batch.starts[0], batch.skipped) == (0, {})


def test_no_target_within_100_ms_is_no_window(make):
    target_times = np.concatenate([10 + np.arange(30) / 60, 11.5 + np.arange(30) / 60])
    session = make({"emg": emg(2000), "vhi_control": kinematics(target_times)})

    batch = iter_aligned_windows(session, SPEC)

    middles = 10.1 + np.arange(19) / 10
    far = np.abs(target_times - middles[:, None]).min(axis=1) > 0.1
    assert batch.skipped == {"no_target": far.sum()}
    np.testing.assert_array_equal(batch.starts, 100 * np.flatnonzero(~far))


def test_no_window_spans_a_gap(make):
    signal = emg(2000, gaps=[(950, 1.0)])
    target_times = 10 + np.arange(300) / 60
    session = make({"emg": signal, "vhi_control": kinematics(target_times)})

    batch = iter_aligned_windows(session, SPEC)

    np.testing.assert_array_equal(batch.starts, [*range(0, 751, 100), *range(950, 1801, 100)])
    assert batch.skipped == {"gap": 2}


def test_a_target_that_is_not_a_number_costs_its_windows_only(make):
    rows, target_times = kinematics(10 + np.arange(120) / 60)
    rows[60, 1] = np.nan
    session = make({"emg": emg(2000), "vhi_control": (rows, target_times)})

    batch = iter_aligned_windows(session, SPEC)

    assert np.isfinite(batch.targets).all()
    assert batch.skipped["non_finite_target"] + len(batch) == 19


def test_class_selection_applies_to_aligned_windows(make):
    labels = [(10.0, 0), (10.5, 1), (11.5, 0)]
    streams = {"emg": emg(2000), "vhi_control": kinematics(10 + np.arange(120) / 60)}
    session = make(streams, labels)

    batch = iter_aligned_windows(session, SPEC, classes={1})

    np.testing.assert_array_equal(batch.starts, np.arange(500, 1301, 100))
    assert set(batch.class_index) == {1}
    assert batch.skipped == {"class": 10}
    assert len(iter_aligned_windows(session, SPEC, classes={0, 1})) == 19


def test_class_selection_means_nothing_without_labels(make):
    session = make({"emg": emg(2000), "vhi_control": kinematics(10 + np.arange(120) / 60)})

    assert len(iter_aligned_windows(session, SPEC, classes={1})) == 19


def test_labelled_windows_lie_wholly_inside_their_interval(make):
    labels = [(10.0502, 0), (10.53, 1), (11.2, -1), (11.4, 0)]
    session = make({"emg": emg(2000)}, labels)

    batch = iter_labeled_windows(session, SPEC)

    expected = [(50, 0), (150, 0), (250, 0), *((s, 1) for s in (530, 630, 730, 830, 930))]
    expected += [(s, 0) for s in (1400, 1500, 1600, 1700, 1800)]
    assert [*zip(batch.starts, batch.class_index, strict=True)] == expected
    assert batch.skipped["unlabelled"] == 1


def test_class_selection_applies_to_labelled_windows(make):
    session = make({"emg": emg(2000)}, [(10.0, 0), (11.0, 1)])

    batch = iter_labeled_windows(session, SPEC, classes={1})

    assert set(batch.class_index) == {1}
    assert batch.skipped["class"] == 9


def test_no_labelled_window_spans_a_gap(make):
    session = make({"emg": emg(2000, gaps=[(950, 1.0)])}, [(10.0, 1)])

    batch = iter_labeled_windows(session, SPEC)

    assert not any(start < 950 < start + 200 for start in batch.starts)
    assert batch.skipped["gap"] == 2


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.floats(9.5, 13), st.integers(-1, 3)), max_size=6),
    window=st.integers(1, 300),
    hop=st.integers(1, 150),
    gap=st.integers(1, 1999),
)
def test_labelled_windows_equal_the_rule_taken_one_by_one(tmp_path_factory, cuts, window, hop, gap):
    signal, times = emg(2000, gaps=[(gap, 0.5)])
    labels = sorted(cuts, key=lambda cut: cut[0])
    path = tmp_path_factory.mktemp("windows") / "x.session.zip"
    write_session(path, {"emg": (signal, times)}, labels)

    with open_session(path) as session:
        batch = iter_labeled_windows(session, WindowSpec(window, hop))

    expected = []
    nearest = [int(np.argmin(np.abs(times - t))) if t <= times[-1] else 2000 for t, _ in labels]
    stops = [*nearest, 2000][1:]
    for (_, class_index), start, stop in zip(labels, nearest, stops, strict=True):
        for low, high in ((start, min(stop, gap)), (max(start, gap), stop)):
            if class_index >= 0:
                expected += [(s, class_index) for s in range(low, high - window + 1, hop)]
    assert [*zip(batch.starts.tolist(), batch.class_index.tolist(), strict=True)] == expected


def test_blocks_gather_the_samples_of_the_windows(make):
    session = make({"emg": emg(2000)}, [(10.0, 1)])
    batch = iter_labeled_windows(session, SPEC)

    blocks = list(batch.blocks(session.data("emg"), 8))

    assert [block.shape for block in blocks] == [(8, 200, 2), (8, 200, 2), (3, 200, 2)]
    for window, start in zip(np.concatenate(blocks), batch.starts, strict=True):
        np.testing.assert_array_equal(window, samples(start, 200))


def test_a_session_shorter_than_a_window_has_none(make):
    session = make({"emg": emg(50), "vhi_control": kinematics(np.array([10.0]))}, [(10.0, 1)])

    assert len(iter_labeled_windows(session, SPEC)) == 0
    batch = iter_aligned_windows(session, SPEC)
    assert batch.targets.shape == (0, 2)
    assert list(batch.blocks(session.data("emg"))) == []


def test_an_empty_target_stream_gives_no_windows(make):
    session = make({"emg": emg(2000), "vhi_control": (np.empty((0, 9)), np.empty(0))})

    batch = iter_aligned_windows(session, SPEC)

    assert (len(batch), batch.skipped) == (0, {"no_target": 19})


def test_a_missing_stream_is_named(make):
    session = make({"emg": emg(300)})

    with pytest.raises(SessionError, match=r"expected a stream of \['emg'\], got 'vhi_control'"):
        iter_aligned_windows(session, SPEC)
