"""Plain values of generation 2 to and from the wire.

Source:
    The observable contract of the hand, section 5; ``proto/emgrig/vhi/v2/remote.proto``.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from google.protobuf.message import Message

from emgrig.control.hand_v2_answers import (
    Capability,
    ControlAck,
    ControlKind,
    ControlManifest,
    RecordingAck,
    RecordingState,
    RemoteAnswer,
    SweepObservation,
    SweepReport,
)
from emgrig.control.hand_v2_commands import (
    GetControlManifest,
    GetRecordingSessionState,
    RemoteCommand,
    SetControl,
    SetPresentation,
    SetRecordingSession,
    StartRecordingTrajectory,
    StopRecordingTrajectory,
    SweepControl,
)
from emgrig.vhi.v2 import remote_pb2

__all__ = ["answer_of_reply", "command_of_request", "reply_of_answer", "request_of_command"]

# Each command's attributes are named as on the wire, its request is named after it.
_COMMANDS: dict[str, Callable[..., RemoteCommand]] = {
    command.__name__: command
    for command in (
        GetControlManifest,
        SetControl,
        SweepControl,
        SetPresentation,
        SetRecordingSession,
        StartRecordingTrajectory,
        StopRecordingTrajectory,
        GetRecordingSessionState,
    )
}
_REPLIES: dict[type, Callable[..., Message]] = {
    ControlManifest: remote_pb2.ControlManifest,
    ControlAck: remote_pb2.ControlAck,
    SweepReport: remote_pb2.SweepControlReply,
    RecordingAck: remote_pb2.RecordingAck,
    RecordingState: remote_pb2.RecordingSessionState,
}


def command_of_request(request: Any) -> RemoteCommand:
    """Read a command from the wire.

    Raises:
        KeyError: Not a request of this protocol.
    """
    command = _COMMANDS[type(request).__name__.removesuffix("Request")]
    return command(**_values(request))


def request_of_command(command: RemoteCommand) -> Any:
    """Write a command for the wire."""
    request = getattr(remote_pb2, f"{type(command).__name__}Request")
    return request(**{field.name: getattr(command, field.name) for field in fields(command)})


def reply_of_answer(answer: RemoteAnswer) -> Any:
    """Write an answer for the wire."""
    return _REPLIES[type(answer)](**asdict(answer))


def answer_of_reply(reply: Any) -> Any:
    """Read an answer from the wire; one of :data:`RemoteAnswer`."""
    values = _values(reply)
    match type(reply).__name__:
        case "ControlManifest":
            values["capabilities"] = tuple(_capability(one) for one in reply.capabilities)
            return ControlManifest(**values)
        case "ControlAck":
            return ControlAck(**values)
        case "SweepControlReply":
            observed = (SweepObservation(**_values(one)) for one in reply.observed)
            return SweepReport(**values | {"observed": tuple(observed)})
        case "RecordingAck":
            return RecordingAck(**values)
        case _:
            return RecordingState(**values)


def _capability(message: Any) -> Capability:
    values = _values(message)
    is_discrete = values["kind"] == ControlKind.DISCRETE
    # Whatever is not discrete counts as a number: contract 5.4.
    values["kind"] = ControlKind.DISCRETE if is_discrete else ControlKind.CONTINUOUS
    return Capability(**values)


def _values(message: Any) -> dict[str, Any]:
    """Return a message's fields by name, maps as dicts and lists as tuples."""
    return {field.name: _plain(getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str | bytes | int | float):
        return value
    return tuple(value)
