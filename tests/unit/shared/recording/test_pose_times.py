"""Poses in a session are of the moment of their push."""

import numpy as np
import pytest
from emgrig.messages import Message
from emgrig.recording import export_session, open_session

from tests.unit.shared.recording.builders import chunk, record


def make_pose(seq, reason, t_last, t_pushed):
    return Message(
        topic="pose/hand",
        source="vhi-bridge",
        epoch="e1",
        seq=seq,
        t_first=t_last,
        t_last=t_last,
        data=np.zeros(9, np.float32),
        fields={"reason": reason, "model_id": "m1", "t_pushed": t_pushed},
    )


def test_poses_of_predictions_and_poses_sent_again_do_not_go_back_in_time(tmp_path):
    """The data of a prediction is older than a pose that was sent again just before it."""
    poses = [
        make_pose(0, "resend", 51.000, 51.000),
        make_pose(1, "prediction", 50.998, 51.003),
        make_pose(2, "resend", 51.050, 51.050),
    ]

    folder = record(tmp_path / "2026-01-02_03-04-05_0011aabb.recording", [chunk(0), *poses])

    with open_session(export_session(folder, tmp_path / "out")) as session:
        assert session.timestamps("pose_hand") == pytest.approx([51.0, 51.003, 51.05])


def test_pose_without_a_time_of_its_push_is_of_its_data(tmp_path):
    """Another program may send poses; what it says of itself is not to be trusted."""
    poses = [make_pose(0, "prediction", 50.9, "soon"), make_pose(1, "prediction", 51.0, None)]

    folder = record(tmp_path / "2026-01-02_03-04-05_0011aabb.recording", [chunk(0), *poses])

    with open_session(export_session(folder, tmp_path / "out")) as session:
        assert session.timestamps("pose_hand") == pytest.approx([50.9, 51.0])
