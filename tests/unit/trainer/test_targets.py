"""What windows are learned as, for every kind of session."""

import numpy as np
import pytest
from emgrig.dsp import FLEXION_NAMES
from emgrig.errors import RequestError, SessionError
from emgrig.recording import SessionFacts, SessionWriter, WindowSpec
from emgrig_trainer.requests import TargetRequest
from emgrig_trainer.targets import aligned_windows, labeled_windows, resolve_target

WINDOWS = WindowSpec(40, 20)
POSE = TargetRequest(stream="vhi_control").with_defaults()


def test_labels_stand_for_the_flexions_whatever_they_are_called(write_session, open_one):
    session = open_one(write_session(pose=False))
    asked = TargetRequest(
        stream="vhi_control", columns=(0, 2, 3, 4, 5), transform="abs", names=tuple("abcde")
    ).with_defaults()

    target = resolve_target(asked, [session])
    batch = aligned_windows(session, WindowSpec(40, 20, "emg"), target, asked=asked)

    assert target.names == tuple("abcde")
    assert set(np.unique(batch.targets)) == {0.0, 1.0}


def test_the_pose_is_learned_as_flexions_above_zero(write_session, open_one):
    session = open_one(write_session())
    target = resolve_target(POSE, [session])

    batch = aligned_windows(session, WINDOWS, target, asked=POSE)

    assert target.names == FLEXION_NAMES
    assert batch.targets.shape == (len(batch), 5)
    assert (batch.targets.min(), batch.targets.max()) == (0, 1)


@pytest.mark.parametrize("transform", ["abs", "identity"])
def test_poses_of_both_generations_are_learned_as_the_same(write_session, open_one, transform):
    first, second = (
        open_one(write_session(name, convention=name.removeprefix("v1")))
        for name in ("v1", "standard")
    )
    asked = TargetRequest(stream="vhi_control", transform=transform).with_defaults()
    target = resolve_target(asked, [first, second])

    batches = [aligned_windows(one, WINDOWS, target, asked=asked) for one in (first, second)]

    np.testing.assert_array_equal(batches[0].targets, batches[1].targets)
    assert (batches[0].targets.min(), batches[0].targets.max()) == (0, 1)


def test_labels_alone_make_a_pose(write_session, open_one):
    session = open_one(write_session(pose=False))
    target = resolve_target(POSE, [session])

    batch = aligned_windows(session, WINDOWS, target, asked=POSE)

    np.testing.assert_array_equal(batch.targets, np.repeat(batch.class_index[:, None], 5, axis=1))
    assert set(batch.class_index) == {0, 1}


def test_a_session_with_neither_is_refused(write_session, open_one):
    session = open_one(write_session(pose=False, labels=False))

    with pytest.raises(SessionError, match="leave the session out"):
        aligned_windows(session, WINDOWS, resolve_target(POSE, [session]), asked=POSE)


def test_class_selection_holds_for_poses_too(write_session, open_one):
    session = open_one(write_session())
    target = resolve_target(POSE, [session])

    batch = aligned_windows(session, WINDOWS, target, asked=POSE, classes=["Fist"])

    assert set(batch.class_index) == {1}
    assert batch.skipped["class"] > 0


def test_classes_are_found_by_name(write_session, open_one):
    session = open_one(write_session())

    batch, positions = labeled_windows(session, WINDOWS, ["Fist", "Point", "Rest"])

    np.testing.assert_array_equal(positions, np.where(batch.class_index == 1, 0, 2))


@pytest.fixture
def ramp(tmp_path, open_one):
    """A session whose target is its own time in seconds, at another rate and with a hole."""
    times = np.arange(800) / 200.0
    target_times = np.arange(0, 4.0, 0.015)
    target_times = target_times[(target_times < 1.5) | (target_times > 2.5)]
    path = tmp_path / "ramp.session.zip"
    with SessionWriter(path) as writer:
        writer.add_stream("emg", np.ones((800, 2), np.float32), timestamps=times, fs=200.0)
        writer.add_stream(
            "force", target_times[:, None], timestamps=target_times, fs=66.7, channel_names=["F"]
        )
        writer.write(SessionFacts())
    return open_one(path)


def test_other_targets_are_taken_at_the_last_sample(ramp):
    asked = TargetRequest(stream="force").with_defaults()
    target = resolve_target(asked, [ramp])

    batch = aligned_windows(ramp, WINDOWS, target, asked=asked)

    assert target.names == ("F",)
    np.testing.assert_allclose(batch.targets[:, 0], batch.t_last, atol=0.006)
    assert not ((batch.t_last > 1.61) & (batch.t_last < 2.39)).any()
    assert batch.skipped["no_target"] > 0


def test_the_middle_can_be_asked_for(ramp):
    asked = TargetRequest(stream="force", align="middle", n_align=1).with_defaults()

    batch = aligned_windows(ramp, WINDOWS, resolve_target(asked, [ramp]), asked=asked)

    np.testing.assert_allclose(batch.targets[:, 0], batch.t_last - 0.095, atol=0.016)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (TargetRequest(stream="angles"), SessionError),
        (TargetRequest(stream="force", columns=(1,)), RequestError),
        (TargetRequest(stream="force", names=("a", "b")), RequestError),
    ],
)
def test_targets_that_are_not_there_are_refused(ramp, asked, error):
    with pytest.raises(error, match="expected"):
        resolve_target(asked.with_defaults(), [ramp])
