"""The control plane: the only room that imports gRPC and generated stubs."""

from emgrig.control.client import ControlClient
from emgrig.control.hand_commands import (
    ControlMode,
    Freeze,
    GetState,
    HandAck,
    HandCommand,
    HandState,
    SetChirality,
    SetControlMode,
    SetMovement,
    SetSessionActive,
    SetSmoothing,
    SetSpeed,
)
from emgrig.control.hand_v1 import HandV1Client
from emgrig.control.hand_v1_server import HandV1Server, serve_hand_v1
from emgrig.control.server import ControlServer, Servicer
from emgrig.control.v1 import (
    acquirer_pb2,
    acquirer_pb2_grpc,
    hand_pb2,
    hand_pb2_grpc,
    predictor_pb2,
    predictor_pb2_grpc,
    process_pb2,
    process_pb2_grpc,
    recorder_pb2,
    recorder_pb2_grpc,
    trainer_pb2,
    trainer_pb2_grpc,
)

__all__ = [
    "ControlClient",
    "ControlMode",
    "ControlServer",
    "Freeze",
    "GetState",
    "HandAck",
    "HandCommand",
    "HandState",
    "HandV1Client",
    "HandV1Server",
    "Servicer",
    "SetChirality",
    "SetControlMode",
    "SetMovement",
    "SetSessionActive",
    "SetSmoothing",
    "SetSpeed",
    "acquirer_pb2",
    "acquirer_pb2_grpc",
    "hand_pb2",
    "hand_pb2_grpc",
    "predictor_pb2",
    "predictor_pb2_grpc",
    "process_pb2",
    "process_pb2_grpc",
    "recorder_pb2",
    "recorder_pb2_grpc",
    "serve_hand_v1",
    "trainer_pb2",
    "trainer_pb2_grpc",
]
