"""A session says in which units the hand's pose was really recorded."""

import json
import zipfile

import numpy as np
import pytest
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import SessionFacts, SessionWriter, export_session, open_session, to_standard

from tests.unit.shared.recording.builders import record

FIST_V1 = np.array([[-1, -1, -1, -1, -1, -1, 0, 0, 0]], np.float32)
FIST_STANDARD = np.array([[1, -1, 1, 1, 1, 1, 0, 0, 0]], np.float32)


def pose(seq, row, convention="", stream="vhi_control"):
    times = np.array([50.0 + seq / 60])
    fields = {"timestamps": pack_timestamps(times), "channel_names": []}
    return Message(
        topic=f"chunk/{stream}",
        source="vhi-bridge",
        epoch="a",
        seq=seq,
        t_first=times[0],
        t_last=times[0],
        sample_index=seq,
        fs=60.0,
        data=row,
        fields=fields | ({"pose_convention": convention} if convention else {}),
    )


def exported(tmp_path, messages):
    return open_session(export_session(record(tmp_path / "x.recording", messages), tmp_path))


def test_poses_of_generation_2_stamp_the_session(tmp_path):
    with exported(tmp_path, [pose(0, FIST_STANDARD, "standard")]) as session:
        assert session.meta["pose_convention"] == "standard"
        assert session.meta["schema_version"] == 3
        assert session.pose_convention == "standard"


def test_poses_of_generation_1_do_not(tmp_path):
    with exported(tmp_path, [pose(0, FIST_V1)]) as session:
        assert "pose_convention" not in session.meta
        assert session.pose_convention == ""


@pytest.mark.parametrize("first", ["", "standard"])
def test_a_hand_that_was_replaced_during_a_take_begins_another_stream(tmp_path, first):
    rows = {"": FIST_V1, "standard": FIST_STANDARD}
    second = "" if first else "standard"
    messages = [pose(0, rows[first], first), pose(1, rows[second], second)]

    with exported(tmp_path, messages) as session:
        assert session.pose_convention == first
        np.testing.assert_array_equal(session.data("vhi_control"), rows[first])
        np.testing.assert_array_equal(session.data("vhi_control_2"), rows[second])
        streams = session.extras["emgrig"]["streams"]
        assert streams["vhi_control_2"]["pose_convention"] == second


def test_a_word_that_is_no_convention_is_none(tmp_path):
    with exported(tmp_path, [pose(0, FIST_V1, "upside down")]) as session:
        assert session.pose_convention == ""


def test_the_predicted_hand_alone_says_it_too(tmp_path):
    messages = [pose(0, FIST_STANDARD, "standard", "vhi_predict")]

    with exported(tmp_path, messages) as session:
        assert session.pose_convention == "standard"


@pytest.mark.parametrize(
    ("schema", "convention"), [(None, ""), (2, ""), (3, "standard"), ("3", ""), (True, "")]
)
def test_a_foreign_session_without_a_stamp_is_told_by_its_schema(tmp_path, schema, convention):
    path = tmp_path / "x.session.zip"
    with SessionWriter(path) as writer:
        writer.add_stream("vhi_control", FIST_V1, timestamps=np.array([1.0]), fs=60.0)
        writer.write(SessionFacts())
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    meta = json.loads(entries["meta.json"]) | {"schema_version": schema}
    entries["meta.json"] = json.dumps(meta).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)

    with open_session(path) as session:
        assert session.pose_convention == convention


def test_both_units_become_one():
    np.testing.assert_array_equal(to_standard(FIST_V1, "vhi_control", ""), FIST_STANDARD)
    np.testing.assert_array_equal(
        to_standard(FIST_STANDARD, "vhi_control", "standard"), FIST_STANDARD
    )
    assert not np.signbit(to_standard(np.zeros((1, 9)), "vhi_predict", "")).any()


@pytest.mark.parametrize(("stream", "width"), [("target", 9), ("vhi_control", 2)])
def test_what_is_no_pose_is_left_alone(stream, width):
    rows = np.ones((3, width))

    assert to_standard(rows, stream, "") is rows
