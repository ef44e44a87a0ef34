"""Find out which generation of hand is there, and speak to either in the same words."""

from collections.abc import Mapping
from typing import Protocol

from emgrig.control import (
    ControlMode,
    HandAck,
    HandState,
    HandV1Client,
    HandV2Client,
    RecordingState,
)
from emgrig.errors import HandProtocolError

from emgrig_vhi_bridge.gating import Drive, MappedAddress, ResolvedMap, check_versions, resolve_map

__all__ = ["FirstHand", "FoundHand", "Negotiator", "SecondHand"]


class FoundHand(Protocol):
    """A hand that may be driven; each call has a deadline and may raise HandError.

    Attributes:
        protocol: ``v1`` or ``v2``.
        drives: Its addresses that fingers are mapped to; none where all go in one stream.
        warning: What to say of it, or nothing.
    """

    protocol: str
    drives: tuple[Drive, ...]
    warning: str

    def set_movement(self, name: str) -> HandAck:
        """Select a movement and hold it."""

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the keyboard."""

    def get_state(self) -> HandState:
        """Return what the hand says of itself."""

    def rest(self) -> None:
        """Let go of what the hand was told to hold, before we leave."""


class FirstHand:
    """A hand of generation 1.

    Args:
        client: Its gRPC.
        streams: The control hand follows our stream; it takes no movements meanwhile.
    """

    protocol = "v1"
    drives: tuple[Drive, ...] = ()
    warning = ""

    def __init__(self, client: HandV1Client, *, streams: bool = False) -> None:
        self._client = client
        self._streams = streams

    def set_movement(self, name: str) -> HandAck:
        """Select a movement and hold it; raises HandError."""
        return self._client.set_movement(name, cycle=False)

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the keyboard; raises HandError."""
        return self._client.set_session_active(active)

    def get_state(self) -> HandState:
        """Return what the hand says of itself; raises HandError."""
        return self._client.get_state()

    def rest(self) -> None:
        """Give the control hand back to its movements, if it followed us; raises HandError.

        Else the hand is left as it is: this generation's own client does so.
        """
        if self._streams:
            self._client.set_control_mode(ControlMode.MOVEMENT)


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
        self._gesture = resolved.gesture
        self._has_session = True
        self._session = False
        self._is_held = False
        self.drives = resolved.drives
        self.warning = warning

    def set_movement(self, name: str) -> HandAck:
        """Hold a movement; raises HandError."""
        if self._gesture is None:
            words = "no gesture is mapped; set gesture in rig.toml, [vhi-bridge.map]"
            return HandAck(False, "", "", words)
        address = self._gesture.address
        ack = self._client.set_control(discrete={address: name})
        self._is_held |= ack.applied
        state = self.get_state()
        reasons = "; ".join(f"{where}: {why}" for where, why in ack.rejected.items())
        return HandAck(ack.applied, state.current_state, state.current_movement or name, reasons)

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

    def get_state(self) -> HandState:
        """Return what the hand says of itself; raises HandError."""
        state = self._recording_state()
        return HandState(
            current_state=state.animation_state,
            current_movement=state.current_movement,
            session_active=state.recording_session_active,
            available_movements=state.available_movements,
            mode="",
            control_mode=ControlMode.MOVEMENT,
        )

    def rest(self) -> None:
        """Rest the gesture if we set it; raises HandError."""
        if self._gesture is not None and self._is_held:
            rest = self._gesture.rest_state or self._gesture.states[0]
            self._client.set_control(discrete={self._gesture.address: rest})

    def _recording_state(self) -> RecordingState:
        if self._has_session:
            try:
                return self._client.get_recording_state()
            except HandProtocolError:
                self._has_session = False
        self._client.get_manifest()
        return RecordingState(
            recording_session_active=self._session,
            trajectory_running=False,
            trajectory_movement="",
            animation_state="",
            available_movements=self._gesture.states if self._gesture else (),
            current_movement="",
        )


class Negotiator:
    """Asks for the manifest of generation 2, then for the state of generation 1.

    Args:
        first: gRPC of generation 1.
        second: gRPC of generation 2, same address.
        wanted: The fingers' map.
        protocol: ``auto``, or the only generation that is tried.
        streams: The control hand of generation 1 follows our stream.
    """

    def __init__(
        self,
        first: HandV1Client,
        second: HandV2Client,
        wanted: Mapping[str, MappedAddress],
        *,
        protocol: str = "auto",
        streams: bool = False,
    ) -> None:
        self._streams = streams
        self._first = first
        self._second = second
        self._wanted = wanted
        self._protocol = protocol

    def find(self) -> FirstHand | SecondHand:
        """Return the hand that is there.

        Raises:
            HandProtocolError: It is one that must not be driven.
            HandError: It did not answer.
        """
        if self._protocol == "v1":
            return self._find_first()
        try:
            manifest = self._second.get_manifest()
        except HandProtocolError:
            if self._protocol == "v2":
                raise
            return self._find_first()
        warning = check_versions(manifest)
        return SecondHand(self._second, resolve_map(self._wanted, manifest), warning)

    def close(self) -> None:
        """Close both connections; a call under way ends with HandError."""
        self._first.close()
        self._second.close()

    def _find_first(self) -> FirstHand:
        self._first.get_state()
        if self._streams:
            self._first.set_control_mode(ControlMode.STREAM)
        return FirstHand(self._first, streams=self._streams)
