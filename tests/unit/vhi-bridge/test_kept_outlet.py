"""What a pose becomes on a hand of generation 2: contract 5.6, 5.7 and 5.10."""

import numpy as np
import pytest
from emgrig_vhi_bridge.gating import Drive
from emgrig_vhi_bridge.kept_outlet import numbers_of, pose_of

FIST = np.array([-1, 0, -1, -1, -1, -1, 0, 0, 0], np.float32)
REST = np.zeros(9, np.float32)


def test_each_finger_is_weighted_and_clamped() -> None:
    drives = (
        Drive(0, "vhi.prediction.thumb.flexion", 0.5, -1.0, 1.0),
        Drive(1, "vhi.prediction.index", -1.0, -0.25, 1.0),
    )

    assert numbers_of(drives, FIST) == [0.5, -0.25]
    assert str(numbers_of(drives, REST)) == "[0.0, 0.0]"


def test_a_pose_says_what_was_pushed_and_nothing_of_fingers_without_an_address() -> None:
    drives = (
        Drive(0, "vhi.prediction.thumb.flexion", 0.5, -1.0, 1.0),
        Drive(3, "vhi.prediction.ring", 1.0, 0.0, 1.0, 0.25),
        Drive(1, "vhi.prediction.wrist.flexion", -0.75, -1.0, 1.0),
        Drive(2, "other.grip", 0.125, 0.0, 1.0),
    )

    assert pose_of(drives, FIST).tolist() == [0.5, 0, 0, 0.125, 1, 0, -0.75, 0, 0]
    assert pose_of(drives, FIST / 2)[4] == pytest.approx(0.625)
    assert pose_of(drives, REST)[4] == 0.25
