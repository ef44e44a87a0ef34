"""Call a hand of the second generation: plain values here, gRPC on the wire.

Source:
    The observable contract of the hand, section 5; ``proto/emgrig/vhi/v2/remote.proto``.
"""

from collections.abc import Mapping
from typing import Any, cast

import grpc

from emgrig.control.hand_channel import LossCounter, open_hand_channel, translated_hand_errors
from emgrig.control.hand_v2_answers import (
    ControlAck,
    ControlManifest,
    RecordingAck,
    RecordingState,
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
from emgrig.control.hand_v2_wire import answer_of_reply, request_of_command
from emgrig.vhi.v2 import remote_pb2_grpc

__all__ = ["HandV2Client"]

_SWEEP_GRACE_S = 5.0
"""Beyond the sweep itself; the hand's own client waits as long (contract 6.1)."""


class HandV2Client:
    """The hand's commands; every call has a deadline, none waits for an absent hand.

    A command that the hand turns down is an ordinary answer that says so. A command whose
    deadline passed may still be applied by the hand later. Every method raises HandError where
    the hand does not answer, HandProtocolError where it is of another generation.

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
        stub = remote_pb2_grpc.RemoteControlStub
        self._stub: Any = stub(self._channel)  # type: ignore[no-untyped-call]

    def get_manifest(self) -> ControlManifest:
        """Read what can be driven.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(ControlManifest, self._call(GetControlManifest()))

    def set_control(
        self,
        *,
        continuous: Mapping[str, float] | None = None,
        discrete: Mapping[str, str] | None = None,
    ) -> ControlAck:
        """Set numbers and states by address.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(ControlAck, self._call(SetControl(continuous or {}, discrete or {})))

    def sweep(
        self, address: str, *, duration_s: float, both_directions: bool = False
    ) -> SweepReport:
        """Move one number through its range; returns when that is over.

        Raises:
            HandError: The hand did not answer.
        """
        command = SweepControl(address, duration_s, both_directions)
        return cast(SweepReport, self._call(command, duration_s + _SWEEP_GRACE_S))

    def set_presentation(self, *, blend: bool, blend_speed: float = 0.0) -> ControlAck:
        """Change how the pose is displayed; a speed of 0 leaves the speed.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(ControlAck, self._call(SetPresentation(blend, blend_speed)))

    def set_recording_session(self, active: bool) -> RecordingAck:
        """Lock or free the hand's keyboard.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(RecordingAck, self._call(SetRecordingSession(active)))

    def start_trajectory(
        self,
        movement: str,
        *,
        frequency_hz: float = 0.0,
        hold_time_s: float = -1.0,
        rest_time_s: float = -1.0,
    ) -> RecordingAck:
        """Loop a movement on the control hand; timing that is left out stays.

        Raises:
            HandError: The hand did not answer.
        """
        command = StartRecordingTrajectory(movement, frequency_hz, hold_time_s, rest_time_s)
        return cast(RecordingAck, self._call(command))

    def stop_trajectory(self) -> RecordingAck:
        """End the loop; harmless where none runs.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(RecordingAck, self._call(StopRecordingTrajectory()))

    def get_recording_state(self) -> RecordingState:
        """Read the recording's state and the movements.

        Raises:
            HandError: The hand did not answer.
        """
        return cast(RecordingState, self._call(GetRecordingSessionState()))

    @property
    def n_lost(self) -> int:
        """Connections to a hand that ended since the start, whether or not a call noticed."""
        return self._losses.n_lost

    def close(self) -> None:
        """Close the connection; a call under way ends with HandError."""
        self._channel.close()

    def _call(self, command: RemoteCommand, deadline_s: float | None = None) -> Any:
        method = getattr(self._stub, type(command).__name__)
        with translated_hand_errors(self.address):
            timeout_s = self._deadline_s if deadline_s is None else deadline_s
            return answer_of_reply(method(request_of_command(command), timeout=timeout_s))
