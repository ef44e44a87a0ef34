"""The messages of both generations, number by number: contract 1.2, 1.3, 5.1 and 5.2.

The tests beside this one speak to a hand in these words; a field that bore another number here
would bear it on both sides.
"""

import pytest
from emgrig.vhi.v1 import vhi_pb2
from emgrig.vhi.v2 import remote_pb2
from google.protobuf.descriptor import FieldDescriptor

KINDS = {
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_ENUM: "enum",
    FieldDescriptor.TYPE_MESSAGE: "message",
}
V1 = {
    "SetMovementRequest": "movement_name 1 string, cycle 2 bool",
    "FreezeRequest": "frozen 1 bool",
    "SetSpeedRequest": "frequency_hz 1 float, hold_time_s 2 float, rest_time_s 3 float",
    "SetSmoothingRequest": "enabled 1 bool, smoothing_speed 2 float",
    "SetChiralityRequest": "right_hand 1 bool",
    "SetSessionActiveRequest": "active 1 bool",
    "SetControlModeRequest": "mode 1 enum",
    "GetStateRequest": "",
    "CommandAck": "applied 1 bool, current_state 2 string, current_movement 3 string, "
    "message 4 string",
    "StateReply": "current_state 1 string, current_movement 2 string, session_active 3 bool, "
    "available_movements 4 string*, mode 5 string, control_mode 6 enum",
}
V2 = {
    "GetControlManifestRequest": "",
    "ControlCapability": "address 1 string, kind 2 enum, lo 3 float, hi 4 float, rest 5 float, "
    "states 6 string*, rest_state 7 string, description 9 string, activation_threshold 12 float",
    "ControlManifest": "target_name 1 string, vocabulary_version 2 string, "
    "capabilities 3 message*, target_version 4 string",
    "SetPresentationRequest": "blend 1 bool, blend_speed 2 float",
    "SetControlRequest": "continuous 1 map string float, discrete 2 map string string",
    "ControlAck": "applied 1 bool, rejected 2 map string string",
    "SweepControlRequest": "name 1 string, duration_s 2 float, both_directions 3 bool",
    "SweepObservation": "element 1 string, degrees_at_hi 2 float, degrees_at_lo 3 float",
    "SweepControlReply": "completed 1 bool, message 2 string, observed 3 message*, "
    "matched_expectation 4 bool",
    "SetRecordingSessionRequest": "active 1 bool",
    "StartRecordingTrajectoryRequest": "movement 1 string, frequency_hz 2 float, "
    "hold_time_s 3 float, rest_time_s 4 float",
    "StopRecordingTrajectoryRequest": "",
    "GetRecordingSessionStateRequest": "",
    "RecordingAck": "applied 1 bool, message 2 string",
    "RecordingSessionState": "recording_session_active 1 bool, trajectory_running 2 bool, "
    "trajectory_movement 3 string, animation_state 4 string, available_movements 5 string*, "
    "current_movement 6 string",
}
METHODS_V1 = {
    "GetState": "StateReply",
    **dict.fromkeys(
        (
            "SetMovement",
            "Freeze",
            "SetSpeed",
            "SetSmoothing",
            "SetChirality",
            "SetSessionActive",
            "SetControlMode",
        ),
        "CommandAck",
    ),
}
METHODS_V2 = {
    "GetControlManifest": "ControlManifest",
    "SetControl": "ControlAck",
    "SweepControl": "SweepControlReply",
    "SetPresentation": "ControlAck",
    "SetRecordingSession": "RecordingAck",
    "StartRecordingTrajectory": "RecordingAck",
    "StopRecordingTrajectory": "RecordingAck",
    "GetRecordingSessionState": "RecordingSessionState",
}


def words_of(field):
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        return (
            f"{field.name} {field.number} map {' '.join(KINDS[one.type] for one in entry.fields)}"
        )
    return f"{field.name} {field.number} {KINDS[field.type]}{'*' * field.is_repeated}"


@pytest.mark.parametrize(
    ("module", "name", "fields"),
    [
        (module, *item)
        for module, table in ((vhi_pb2, V1), (remote_pb2, V2))
        for item in table.items()
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_message_has_the_contract_s_fields_and_no_other(module, name, fields):
    message = module.DESCRIPTOR.message_types_by_name[name]

    assert ", ".join(words_of(one) for one in message.fields) == fields


@pytest.mark.parametrize(
    ("module", "package", "service", "methods"),
    [
        (vhi_pb2, "myogestic.vhi.v1", "VhiControl", METHODS_V1),
        (remote_pb2, "myogestic.remote", "RemoteControl", METHODS_V2),
    ],
    ids=["v1", "v2"],
)
def test_a_service_has_eight_unary_calls(module, package, service, methods):
    assert module.DESCRIPTOR.package == package
    found = module.DESCRIPTOR.services_by_name[service].methods
    assert {one.name: one.output_type.name for one in found} == methods
    for one in found:
        assert one.input_type.name == f"{one.name}Request"
        assert (one.client_streaming, one.server_streaming) == (False, False)


def test_the_numbers_of_modes_and_kinds():
    modes = {
        one.name: one.number for one in vhi_pb2.DESCRIPTOR.enum_types_by_name["ControlMode"].values
    }
    kinds = {"KIND_UNSPECIFIED": 0, "CONTINUOUS": 1, "DISCRETE": 2}

    assert modes == {"MOVEMENT": 0, "STREAM": 1, "IDLE": 2}
    assert {name: getattr(remote_pb2, name) for name in kinds} == kinds


def test_what_generation_2_reserved_stays_free():
    raw = remote_pb2.ControlCapability.DESCRIPTOR
    proto = remote_pb2.DESCRIPTOR.serialized_pb
    numbers = {one.number for one in raw.fields}

    assert not numbers & {8, 10, 11}
    assert {b"stream_name", b"channel"} <= {
        name for name in (b"stream_name", b"channel") if name in proto
    }
