"""The witness itself: when it calls a hand unsafe, also where it saw nothing of it for a while."""

import numpy as np
import pytest

from tests.fault.hand_witness import Seen, completed, unsafe_s

FIST = np.full(9, -0.5)
REST = np.zeros(9)


def seen(*poses: tuple[float, np.ndarray]) -> list[Seen]:
    return [Seen(t, t, pose) for t, pose in poses]


def test_a_hand_that_moves_long_after_the_last_prediction_is_unsafe() -> None:
    poses = seen((10.0, FIST), (10.5, FIST), (12.0, FIST), (12.25, REST))

    assert unsafe_s(poses, np.array([9.0, 10.0])) == pytest.approx(1.25)


def test_a_hand_of_which_nothing_is_seen_while_predictions_come_is_safe() -> None:
    poses = seen((10.0, FIST), (14.0, FIST), (14.5, REST))

    assert unsafe_s(poses, np.arange(9.0, 14.0, 0.1)) == 0.0


def test_a_hand_of_which_nothing_is_seen_and_to_which_nobody_predicts_is_unsafe() -> None:
    poses = seen((10.0, FIST), (14.0, REST))

    assert unsafe_s(poses, np.array([10.0, 10.5])) == pytest.approx(2.5)
    assert unsafe_s(poses, np.array([20.0])) == pytest.approx(3.0)
    assert unsafe_s(poses, np.array([])) == 0.0


def test_while_nobody_sees_a_pose_the_hand_itself_says_where_it_is() -> None:
    poses = seen((10.0, FIST), (10.1, FIST), (14.0, REST))
    shown = seen((10.05, REST), (10.2, FIST), (10.6, FIST), (10.8, REST), (13.9, REST))

    assert [(one.came, one.is_rest) for one in completed(poses, shown)] == [
        (10.0, False),
        (10.1, False),
        (10.2, False),
        (10.6, False),
        (10.8, True),
        (13.9, True),
        (14.0, True),
    ]
    assert unsafe_s(completed(poses, shown), np.array([10.0])) == 0.0
    assert unsafe_s(completed(poses, shown), np.array([9.5])) == pytest.approx(0.3)
    assert completed([], shown) == []
