"""The second generation's client and server on loopback: what is asked is what arrives."""

import pytest
from emgrig.control import (
    Capability,
    ControlAck,
    ControlKind,
    ControlManifest,
    GetControlManifest,
    GetRecordingSessionState,
    HandV1Client,
    HandV2Client,
    RecordingAck,
    RecordingState,
    SetControl,
    SetPresentation,
    SetRecordingSession,
    StartRecordingTrajectory,
    StopRecordingTrajectory,
    SweepControl,
    SweepObservation,
    SweepReport,
    serve_hand_v1,
    serve_hand_v2,
)
from emgrig.errors import HandError, HandProtocolError

MANIFEST = ControlManifest(
    target_name="a hand",
    vocabulary_version="2.0",
    capabilities=(
        Capability(address="a.b", kind=ControlKind.CONTINUOUS, lo=-1, hi=1, description="it"),
        Capability(
            address="a.c", kind=ControlKind.DISCRETE, states=("Rest", "Fist"), rest_state="Rest"
        ),
    ),
    target_version="2.1.0",
)
REJECTED = ControlAck(False, {"a.b": "no"})
SWEPT = SweepReport(True, "moved", (SweepObservation("bone", 45.0, -45.0),), True)
ACK = RecordingAck(False, "one is running")
STATE = RecordingState(
    recording_session_active=True,
    trajectory_running=True,
    trajectory_movement="Fist",
    animation_state="closing",
    available_movements=("Rest", "Fist"),
    current_movement="Fist",
)
ANSWERS = {
    GetControlManifest: MANIFEST,
    SetControl: REJECTED,
    SetPresentation: ControlAck(True),
    SweepControl: SWEPT,
    SetRecordingSession: ACK,
    StartRecordingTrajectory: ACK,
    StopRecordingTrajectory: RecordingAck(True),
    GetRecordingSessionState: STATE,
}


@pytest.fixture
def told():
    return []


@pytest.fixture
def server(told):
    def answer(command):
        told.append(command)
        return ANSWERS[type(command)]

    server = serve_hand_v2(answer, "127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture
def client(server):
    client = HandV2Client("127.0.0.1", server.port)
    yield client
    client.close()


def test_every_command_arrives_as_it_was_given_and_every_answer_too(client, told):
    answers = [
        client.get_manifest(),
        client.set_control(continuous={"a.b": 0.5}, discrete={"a.c": "Fist"}),
        client.set_presentation(blend=True, blend_speed=2),
        client.sweep("a.b", duration_s=1, both_directions=True),
        client.set_recording_session(True),
        client.start_trajectory("Fist", frequency_hz=0.5),
        client.stop_trajectory(),
        client.get_recording_state(),
    ]

    assert told == [
        GetControlManifest(),
        SetControl({"a.b": 0.5}, {"a.c": "Fist"}),
        SetPresentation(True, 2.0),
        SweepControl("a.b", 1.0, True),
        SetRecordingSession(True),
        StartRecordingTrajectory("Fist", 0.5, -1.0, -1.0),
        StopRecordingTrajectory(),
        GetRecordingSessionState(),
    ]
    expected = [MANIFEST, REJECTED, ControlAck(True), SWEPT, ACK, ACK, RecordingAck(True), STATE]
    assert answers == expected


def test_each_generation_says_that_it_is_not_the_other(server):
    other = serve_hand_v1(lambda command: None, "127.0.0.1", 0)
    first, second = HandV1Client("127.0.0.1", server.port), HandV2Client("127.0.0.1", other.port)

    with pytest.raises(HandProtocolError):
        first.get_state()
    with pytest.raises(HandProtocolError):
        second.get_manifest()

    first.close()
    second.close()
    other.close()


def test_an_absent_hand_is_a_hand_error_and_no_protocol_error(server):
    client = HandV2Client("127.0.0.1", server.port)
    server.close()

    with pytest.raises(HandError) as caught:
        client.get_manifest()

    assert not isinstance(caught.value, HandProtocolError)
    client.close()
