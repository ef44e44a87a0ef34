"""A hand of generation 2 in the words for any hand."""

from collections.abc import Mapping
from contextlib import suppress

from emgrig.control import (
    ControlMode,
    HandAck,
    HandState,
    HandV2Client,
    RecordingAck,
    RecordingState,
)
from emgrig.errors import HandProtocolError

from emgrig_vhi_bridge.found_hand import Held, Smoothing, Speed
from emgrig_vhi_bridge.gating import ResolvedMap

__all__ = ["SecondHand"]


class SecondHand:
    """A hand of generation 2: movements are states of an address, the session has its own calls.

    Args:
        client: Its gRPC.
        resolved: The map that fits it.
        warning: What to say of it.

    Attributes:
        drives: Its addresses that fingers are mapped to.
    """

    protocol = "v2"

    def __init__(self, client: HandV2Client, resolved: ResolvedMap, warning: str) -> None:
        self._client = client
        self._n_lost = client.n_lost
        self._gesture = resolved.gesture
        self._speed = Speed()
        self._has_session = True
        self._has_state = True
        self._session = False
        # One may run that was started before this connection, whose end nobody told us.
        self._may_sweep = True
        self.drives = resolved.drives
        self.warning = warning

    def set_movement(self, name: str, *, sweep: bool = False) -> HandAck:
        """Hold a movement, or run it as a trajectory; raises HandError."""
        # It refuses every gesture until its trajectory has ended (contract 5.9).
        self._end_sweep()
        return self._sweep(name) if sweep else self._hold(name)

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the keyboard, where there is one; raises HandError."""
        self._session = active
        try:
            ack = self._client.set_recording_session(active)
        except HandProtocolError:
            # The call is optional: a hand without it has no keyboard to lock.
            self._has_session = False
            return HandAck(True, "", "")
        return HandAck(ack.applied, "", "", ack.message)

    def set_speed(self, speed: Speed) -> HandAck:
        """Keep the timing for the next sweep: this generation takes it at the start of one."""
        self._speed = speed
        return HandAck(True, "", "")

    def set_smoothing(self, smoothing: Smoothing) -> HandAck:
        """Change how both hands take poses; raises HandError."""
        blend, speed = smoothing.enabled, smoothing.speed or 0.0
        try:
            ack = self._client.set_presentation(blend=blend, blend_speed=speed)
        except HandProtocolError:
            return HandAck(False, "", "", "this hand cannot smooth what it shows")
        return HandAck(ack.applied, "", "", _reasons(ack.rejected))

    def freeze(self, frozen: bool) -> HandAck:
        """Turn the command down: this generation has none like it."""
        words = "a hand of generation 2 cannot be frozen; cue a gesture, which it holds"
        return HandAck(False, "", "", words)

    def get_state(self) -> HandState:
        """Return what the hand says of itself; raises HandError."""
        state = self._recording_state()
        return HandState(
            current_state=state.animation_state,
            current_movement=state.trajectory_movement or state.current_movement,
            session_active=state.recording_session_active,
            available_movements=state.available_movements,
            mode="",
            control_mode=ControlMode.MOVEMENT,
        )

    def has_forgotten(self, state: HandState, *, session: bool | None) -> bool:
        """Tell whether it was lost meanwhile, or its session is not what it was told."""
        is_told = self._has_session and session is not None
        is_other_session = is_told and state.session_active != session
        return is_other_session or self._client.n_lost != self._n_lost

    def rest(self, held: Held | None) -> None:
        """End a sweep, and rest the gesture if we set it; raises HandError."""
        self._end_sweep()
        if self._gesture is not None and held is not None:
            rest = self._gesture.rest_state or self._gesture.states[0]
            self._client.set_control(discrete={self._gesture.address: rest})

    def _hold(self, name: str) -> HandAck:
        if self._gesture is None:
            words = "no gesture is mapped; set gesture in rig.toml, [vhi-bridge.map]"
            return HandAck(False, "", "", words)
        ack = self._client.set_control(discrete={self._gesture.address: name})
        return self._acked(name, ack.applied, _reasons(ack.rejected))

    def _sweep(self, name: str) -> HandAck:
        try:
            ack = self._client.start_trajectory(name, **self._speed.on_the_wire)
        except HandProtocolError:
            ack = RecordingAck(False, "this hand runs no trajectories; cue without a sweep")
        self._may_sweep = ack.applied
        return self._acked(name, ack.applied, ack.message)

    def _end_sweep(self) -> None:
        if not self._may_sweep:
            return
        # The call is optional, and applied even if none runs.
        with suppress(HandProtocolError):
            self._client.stop_trajectory()
        self._may_sweep = False

    def _acked(self, name: str, applied: bool, words: str) -> HandAck:
        state = self.get_state()
        return HandAck(applied, state.current_state, state.current_movement or name, words)

    def _recording_state(self) -> RecordingState:
        if self._has_state:
            try:
                return self._client.get_recording_state()
            except HandProtocolError:
                self._has_state = False
        self._client.get_manifest()
        return RecordingState(
            recording_session_active=self._session,
            trajectory_running=False,
            trajectory_movement="",
            animation_state="",
            available_movements=self._gesture.states if self._gesture else (),
            current_movement="",
        )


def _reasons(rejected: Mapping[str, str]) -> str:
    return "; ".join(f"{where}: {why}" for where, why in rejected.items())
