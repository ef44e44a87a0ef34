import math

import numpy as np
import pytest
from emgrig.messages import Message
from emgrig_console.board import Board, lag_of


def message(topic, source="emg-acquirer", seq=0, epoch="a", fs=0.0, data=None, **fields):
    payload = np.zeros((0, 0), np.float32) if data is None else data
    return Message(
        topic=topic, source=source, seq=seq, epoch=epoch, fs=fs, data=payload, fields=fields
    )


def test_health_ages_and_a_restart_is_counted() -> None:
    board = Board()
    now = board.now()

    board.put(message("health/predictor", "predictor", state="RUNNING"), now - 10)
    assert board.is_stale("predictor")
    board.put(message("health/predictor", "predictor", epoch="b", state="READY"), now)

    assert board.health("predictor").document["state"] == "READY"
    assert not board.is_stale("predictor")
    assert board.restarts("predictor") == 1
    assert board.is_stale("recorder")


def test_rate_and_missed_messages_of_a_topic() -> None:
    board = Board()
    start = board.now() - 2
    samples = np.zeros((32, 8), np.float32)

    for k in range(65):
        if k != 30:
            board.put(message("chunk/emg", seq=k, fs=2048.0, data=samples), start + k / 64)

    (row,) = board.topics()
    assert row.rate_hz == pytest.approx(2048 * 63 / 64)
    assert (row.declared_hz, row.n_missed, row.n_channels) == (2048.0, 1, 8)


def test_of_two_sources_of_a_topic_the_livelier_one_counts() -> None:
    board = Board()
    samples = np.zeros((32, 8), np.float32)
    board.put(message("chunk/emg", "emg-acquirer", data=samples), board.now() - 3)
    board.put(message("chunk/emg", "emg-acquirer-2", data=samples), board.now())

    assert board.newest("chunk/emg").source == "emg-acquirer-2"
    assert board.newest("chunk/other") is None


def test_what_the_features_are_made_of_is_not_told_of_old_ones() -> None:
    board = Board()
    assert board.live_spec is None

    board.put(message("features/emg", "feature-extractor", spec={"n_channels": 8}), board.now())
    assert board.live_spec == {"n_channels": 8}
    board.put(message("features/emg", "feature-extractor", spec={}), board.now() - 10)

    assert board.live_spec is None


@pytest.mark.parametrize(("fields", "sign"), [({}, -1), ({"pose_convention": "standard"}, 1)])
def test_a_pose_has_flexion_positive(fields, sign) -> None:
    board = Board()
    rows = np.array([[0.0] * 9, [sign] * 6 + [0.0] * 3], np.float32)

    board.put(message("chunk/vhi_control", "vhi-bridge", data=rows, **fields), board.now())

    assert board.pose("control").values[2:6] == (1.0,) * 4
    assert board.pose("predicted") is None


def test_the_log_counts_its_lines() -> None:
    board = Board()
    for k in range(3):
        board.put(message("log/recorder", "recorder", level="info", event=f"e{k}", x="1"), 0.0)

    newest, lines = board.logs()

    assert newest == 3
    assert [(line.n, line.event, line.text) for line in lines] == [
        (0, "e0", "x=1"),
        (1, "e1", "x=1"),
        (2, "e2", "x=1"),
    ]


def test_the_newest_cue_is_the_current_one() -> None:
    board = Board()
    for name in ("Rest", "Fist"):
        board.put(message("event/cue", "vhi-bridge", name=name, class_index=1, t=3.0), 0.0)

    assert board.cue.name == "Fist"
    assert [cue.name for cue in board.cues()] == ["Rest", "Fist"]


@pytest.mark.parametrize("fields", [{}, {"name": 3, "t": 1.0}, {"name": "Fist", "t": "now"}])
def test_a_cue_that_is_none_is_told_and_left_out(fields) -> None:
    board = Board()

    assert not board.put(message("event/cue", "somebody", **fields), 0.0)
    assert board.cue is None


def test_a_pose_of_another_size_is_told_and_left_out() -> None:
    board = Board()
    rows = np.zeros((1, 4), np.float32)

    assert not board.put(message("chunk/vhi_control", "somebody", data=rows), 0.0)
    assert board.pose("control") is None


def test_the_liveliest_source_of_a_topic_counts() -> None:
    board = Board()
    for source, age_s, lag_s in (("old", 9.0, 0.0), ("new", 0.0, 0.5)):
        sent = message("pose/hand", source)
        board.put(sent, board.now() - age_s, lag_s)

    assert board.newest("pose/hand").source == "new"
    assert board.newest("pose/hand").lag_s == 0.5
    assert board.newest("chunk/emg") is None


def test_a_sample_of_another_clock_has_no_age() -> None:
    assert lag_of(t_last=99.75, now=100.0) == 0.25
    # Clocks of two processes are read one after the other.
    assert lag_of(t_last=100.01, now=100.0) == 0.0
    assert math.isnan(lag_of(t_last=9000.0, now=100.0))
    assert math.isnan(lag_of(t_last=100.0, now=9000.0))
