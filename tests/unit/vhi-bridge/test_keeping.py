"""The keeper's rule: follow the bridge, and without it go to rest by a line."""

import numpy as np
import pytest
from emgrig_vhi_bridge.keeping import KeptPose

POSE = [-1.0, 0.0, -0.5]
REST = [0.0, 0.0, 0.0]
NEVER = float("inf")
SILENCE_S = 0.1 + 1.5 / 32
TOLD_S = 4 / 32


def kept(t: float = 100.0) -> KeptPose:
    pose = KeptPose(32, 0.4, REST, TOLD_S)
    assert pose.show(POSE, t, NEVER, t)
    return pose


def play(pose: KeptPose, start: float, stop: float) -> list[tuple[float, list[float]]]:
    now, sent = start, []
    while now < stop and not pose.is_done(now):
        values = pose.tick(now)
        if values is not None:
            sent.append((now, list(values)))
        now += max(pose.wait_s(now) or 0.0, 1e-4)
    return sent


def test_nothing_is_sent_while_the_bridge_speaks() -> None:
    pose = kept()

    for k in range(100):
        assert pose.show(POSE, 100 + k / 32, NEVER, 100 + k / 32)
        assert pose.tick(100 + (k + 1.4) / 32) is None


def test_silence_leads_to_rest_by_a_line_and_rest_is_sent_on() -> None:
    sent = play(kept(), 100.0, 102.0)

    times = np.array([t for t, _ in sent]) - 100.0
    first = np.array([values[0] for _, values in sent])
    assert times[0] == pytest.approx(SILENCE_S, abs=1e-3)
    assert np.all(np.diff(first) >= 0)
    np.testing.assert_allclose(first, -np.clip(1 - (times - SILENCE_S) / 0.4, 0, 1), atol=1e-6)
    assert times[-1] == pytest.approx(2.0, abs=0.05)


def test_the_end_of_the_bridge_begins_the_way_to_rest_at_once_and_ends_it() -> None:
    pose = kept()
    pose.end(100.01)

    sent = play(pose, 100.01, 102.0)

    assert sent[0][0] == pytest.approx(100.01)
    assert not any(sent[-1][1])
    assert sent[-1][0] < 100.6


def test_a_pose_that_waited_too_long_is_not_shown() -> None:
    pose = kept()

    assert not pose.show(POSE, 100.5, NEVER, 100.8)


def test_a_bridge_that_ends_before_its_first_pose_is_let_go_at_once() -> None:
    pose = KeptPose(32, 0.4, REST, TOLD_S)
    pose.end(1.0)

    assert pose.is_done(1.0)


def test_the_way_to_rest_ends_where_the_hand_declares_it() -> None:
    pose = KeptPose(32, 0.4, [0.25, 0.0, -0.5], TOLD_S)
    assert pose.show([1.0, -1.0, -0.5], 100.0, NEVER, 100.0)

    sent = play(pose, 100.0, 101.0)

    values = np.array([values for _, values in sent])
    np.testing.assert_allclose(values[-1], [0.25, 0.0, -0.5])
    np.testing.assert_allclose((values[:, 0] - 0.25) / 0.75, -values[:, 1], atol=1e-6)
    assert (values[:, 2] == -0.5).all()


def test_a_hand_at_its_declared_rest_is_done_when_the_bridge_ends() -> None:
    pose = KeptPose(32, 0.4, [0.25], TOLD_S)
    assert pose.show([0.25], 100.0, NEVER, 100.0)
    pose.end(100.01)

    assert pose.is_done(100.01)


def test_a_pose_of_old_data_goes_to_rest_when_the_data_is_too_old() -> None:
    pose = KeptPose(32, 0.4, REST, TOLD_S)
    assert pose.show(POSE, 100.0, 100.02, 100.0)

    sent = play(pose, 100.0, 100.1)

    assert sent[0][0] == pytest.approx(100.02, abs=1e-3)
    assert not pose.show(POSE, 100.1, 100.05, 100.1)


def test_nothing_is_due_before_the_first_pose() -> None:
    assert KeptPose(32, 0.4, REST, TOLD_S).wait_s(100.0) is None
