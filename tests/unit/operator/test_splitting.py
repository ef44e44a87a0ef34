import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig_operator.datasets import Interval
from emgrig_operator.splitting import class_names_of, split_dataset, split_in_time

from tests.unit.operator.builders import make_dataset

T = np.arange(1000) / 100  # 10 s


def test_segments_go_to_the_session_of_their_split() -> None:
    segments = [Interval(0, 3.99, "train"), Interval(4.0, 6.99, "test"), Interval(7, 9.99, "train")]

    parts = {part.split: part for part in split_dataset(make_dataset(T, segments))}

    assert set(parts) == {"train", "test"}
    assert len(parts["train"].signals["emg"].timestamps) == 700
    assert len(parts["test"].signals["emg"].timestamps) == 300


def test_no_sample_of_a_segment_is_lost_to_rounded_table_times() -> None:
    t = np.arange(500) / 2660.0
    segments = [Interval(0.0, round(t[249], 6), "train"), Interval(round(t[250], 6), 1, "test")]

    parts = split_dataset(make_dataset(t, segments))

    assert [len(part.signals["emg"].timestamps) for part in parts] == [250, 250]


def test_labels_decide_where_the_segments_leave_it_open() -> None:
    segments = [Interval(0, 9.99, "see labels.csv")]
    labels = [
        Interval(0.5, 2, "train", "rest"),
        Interval(2.5, 4, "train", "fist"),
        Interval(4.5, 6, "test", "rest"),
        Interval(6.5, 8, "test", "fist"),
    ]

    parts = {part.split: part for part in split_dataset(make_dataset(T, segments, labels))}

    train, test = parts["train"].signals["emg"].timestamps, parts["test"].signals["emg"].timestamps
    assert train[0] == 0.0, "the beginning goes with the first label"
    assert train[-1] == pytest.approx(3.99), "the end of a label is open"
    assert test[0] == pytest.approx(4.5), "unlabelled time between the splits goes to neither"
    assert test[-1] == T[-1], "the end goes with the last label"


def test_labels_that_touch_share_no_sample() -> None:
    segments = [Interval(0, 9.99, "see labels.csv")]
    labels = [Interval(0, 5, "train", "rest"), Interval(5, 10, "test", "rest")]

    parts = split_dataset(make_dataset(T, segments, labels))

    assert [len(part.signals["emg"].timestamps) for part in parts] == [500, 500]


def test_a_label_ends_with_minus_one_unless_the_next_one_begins_there() -> None:
    labels = [Interval(1, 2, "", "rest"), Interval(2, 3, "", "fist"), Interval(4, 5, "", "rest")]
    dataset = make_dataset(T, [Interval(0, 9.99, "train")], labels)

    (part,) = split_dataset(dataset)

    assert part.labels == [(1, 0), (2, 1), (3, -1), (4, 0), (5, -1)]


def test_a_segment_without_labels_keeps_its_own_split() -> None:
    segments = [Interval(0, 4.99, "train"), Interval(5, 9.99, "test")]
    labels = [Interval(1, 2, "train", "fist")]

    parts = {part.split: part for part in split_dataset(make_dataset(T, segments, labels))}

    assert {split: len(part.signals["emg"].timestamps) for split, part in parts.items()} == {
        "train": 500,
        "test": 500,
    }


def test_a_segment_that_only_points_at_the_labels_is_in_no_split_where_it_has_none() -> None:
    segments = [Interval(0, 4.99, "see labels.csv"), Interval(5, 9.99, "see labels.csv")]
    labels = [Interval(1, 2, "train", "fist")]

    (part,) = split_dataset(make_dataset(T, segments, labels))

    assert (part.split, len(part.signals["emg"].timestamps)) == ("train", 500)


def test_labels_divide_a_segment_that_names_one_of_their_splits() -> None:
    labels = [Interval(1, 2, "train", "fist"), Interval(6, 7, "test", "rest")]

    parts = split_dataset(make_dataset(T, [Interval(0, 9.99, "train")], labels))

    assert [part.split for part in parts] == ["train", "test"]


@pytest.mark.parametrize("split", ["train set", "../up", "a" * 41])
def test_a_split_that_names_no_file_is_refused(split: str) -> None:
    with pytest.raises(SessionError, match="expected a split of letters"):
        split_dataset(make_dataset(T, [Interval(0, 9.99, split)]))


def test_labels_of_another_split_are_left_out() -> None:
    labels = [Interval(1, 2, "train", "fist"), Interval(6, 7, "test", "rest")]
    segments = [Interval(0, 4.99, "train"), Interval(5, 9.99, "test")]

    train, test = split_dataset(make_dataset(T, segments, labels))

    assert (train.labels, test.labels) == ([(1, 1), (2, -1)], [(6, 0), (7, -1)])


def test_class_numbers_are_those_of_the_whole_recording_with_rest_first() -> None:
    labels = [
        Interval(i, i + 1, "", name) for i, name in enumerate(["fist", "Rest", "fist", "open"])
    ]

    assert class_names_of(labels) == ["Rest", "fist", "open"]


def test_a_cut_in_time_shares_and_loses_no_sample() -> None:
    dataset = split_in_time(make_dataset(T, [Interval(0, 9.99)]), 0.7)

    parts = {part.split: len(part.signals["emg"].timestamps) for part in split_dataset(dataset)}

    assert sum(parts.values()) == 1000
    assert parts["train"] == pytest.approx(700, abs=1)


def test_a_split_without_samples_makes_no_session() -> None:
    segments = [Interval(0, 9.99, "train"), Interval(20, 30, "test")]

    assert [part.split for part in split_dataset(make_dataset(T, segments))] == ["train"]
