"""Call a hand of the first generation, or be one: plain values here, gRPC on the wire.

Source:
    The observable contract of the hand, section 1; ``proto/emgrig/vhi/v1/vhi.proto``.
"""

from collections.abc import Callable
from dataclasses import asdict, astuple
from typing import Any

import grpc

from emgrig.control.hand_channel import LossCounter, open_hand_channel, translated_hand_errors
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
from emgrig.vhi.v1 import vhi_pb2, vhi_pb2_grpc

__all__ = ["HandV1Client", "command_of_request", "reply_of_answer"]

# Call -> its command, and the wire's names of the command's attributes, in their order.
_FIELDS: dict[str, tuple[Callable[..., HandCommand], tuple[str, ...]]] = {
    "SetMovement": (SetMovement, ("movement_name", "cycle")),
    "Freeze": (Freeze, ("frozen",)),
    "SetSpeed": (SetSpeed, ("frequency_hz", "hold_time_s", "rest_time_s")),
    "SetSmoothing": (SetSmoothing, ("enabled", "smoothing_speed")),
    "SetChirality": (SetChirality, ("right_hand",)),
    "SetSessionActive": (SetSessionActive, ("active",)),
    "SetControlMode": (SetControlMode, ("mode",)),
    "GetState": (GetState, ()),
}


class HandV1Client:
    """The hand's commands; every call has a deadline, none waits for an absent hand.

    A command that the hand turns down is an ordinary answer with ``applied`` false. A command
    whose deadline passed may still be applied by the hand later.

    Args:
        host: Where the hand is.
        port: Its gRPC port.
        deadline_s: Longest wait for an answer, seconds.
    """

    def __init__(self, host: str, port: int, *, deadline_s: float = 2.0) -> None:
        self.address = f"{host}:{port}"
        self._deadline_s = deadline_s
        self._channel: grpc.Channel = open_hand_channel(self.address)
        self._losses = LossCounter(self._channel)
        self._stub: Any = vhi_pb2_grpc.VhiControlStub(self._channel)  # type: ignore[no-untyped-call]

    def set_movement(self, name: str, *, cycle: bool = False) -> HandAck:
        """Select a movement and hold it, or loop it.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(SetMovement(name, cycle)))

    def freeze(self, frozen: bool) -> HandAck:
        """Freeze the hand at its stored phase; false stops it.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(Freeze(frozen)))

    def set_speed(
        self, *, frequency_hz: float = 0.0, hold_time_s: float = -1.0, rest_time_s: float = -1.0
    ) -> HandAck:
        """Change the timing of the loop; what is left out stays.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(SetSpeed(frequency_hz, hold_time_s, rest_time_s)))

    def set_smoothing(self, enabled: bool, *, speed: float = 0.0) -> HandAck:
        """Switch the smoothing of the predicted hand; a speed of 0 leaves the speed.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(SetSmoothing(enabled, speed)))

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the hand's keyboard.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(SetSessionActive(active)))

    def set_control_mode(self, mode: int) -> HandAck:
        """Choose what drives the control hand.

        Raises:
            HandError: The hand did not answer.
        """
        return _ack(self._call(SetControlMode(mode)))

    def get_state(self) -> HandState:
        """Read the hand's state.

        Raises:
            HandError: The hand did not answer.
        """
        reply = self._call(GetState())
        is_known = reply.control_mode in list(ControlMode)
        return HandState(
            current_state=reply.current_state,
            current_movement=reply.current_movement,
            session_active=reply.session_active,
            available_movements=tuple(reply.available_movements),
            mode=reply.mode,
            control_mode=ControlMode(reply.control_mode) if is_known else ControlMode.MOVEMENT,
        )

    @property
    def n_lost(self) -> int:
        """Connections to a hand that ended since the start, whether or not a call noticed."""
        return self._losses.n_lost

    def close(self) -> None:
        """Close the connection; a call under way ends with HandError."""
        self._channel.close()

    def _call(self, command: HandCommand) -> Any:
        method = getattr(self._stub, type(command).__name__)
        with translated_hand_errors(self.address):
            return method(_request(command), timeout=self._deadline_s)


def command_of_request(request: Any) -> HandCommand:
    """Read a command from the wire.

    Raises:
        KeyError: Not a request of this protocol.
    """
    command, fields = _FIELDS[type(request).__name__.removesuffix("Request")]
    return command(*(getattr(request, field) for field in fields))


def reply_of_answer(answer: HandAck | HandState) -> Any:
    """Write an answer for the wire."""
    message = vhi_pb2.CommandAck if isinstance(answer, HandAck) else vhi_pb2.StateReply
    return message(**asdict(answer))


def _request(command: HandCommand) -> Any:
    name = type(command).__name__
    _, fields = _FIELDS[name]
    request = getattr(vhi_pb2, f"{name}Request")
    return request(**dict(zip(fields, astuple(command), strict=True)))


def _ack(reply: Any) -> HandAck:
    return HandAck(reply.applied, reply.current_state, reply.current_movement, reply.message)
