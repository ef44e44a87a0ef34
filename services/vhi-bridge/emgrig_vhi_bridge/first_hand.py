"""A hand of generation 1 in the words for any hand."""

from emgrig.control import ControlMode, HandAck, HandState, HandV1Client

from emgrig_vhi_bridge.found_hand import Held, Smoothing, Speed
from emgrig_vhi_bridge.gating import Drive

__all__ = ["FirstHand"]


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
        self._n_lost = client.n_lost

    def set_movement(self, name: str, *, sweep: bool = False) -> HandAck:
        """Select a movement and hold it, or loop it; raises HandError."""
        return self._client.set_movement(name, cycle=sweep)

    def set_session_active(self, active: bool) -> HandAck:
        """Lock or free the keyboard; raises HandError."""
        return self._client.set_session_active(active)

    def set_speed(self, speed: Speed) -> HandAck:
        """Change the timing of the loop, at once; raises HandError."""
        return self._client.set_speed(**speed.on_the_wire)

    def set_smoothing(self, smoothing: Smoothing) -> HandAck:
        """Change how the predicted hand takes poses; raises HandError."""
        return self._client.set_smoothing(smoothing.enabled, speed=smoothing.speed or 0.0)

    def freeze(self, frozen: bool) -> HandAck:
        """Freeze the control hand at its stored phase, or stop it; raises HandError."""
        return self._client.freeze(frozen)

    def get_state(self) -> HandState:
        """Return what the hand says of itself; raises HandError."""
        return self._client.get_state()

    def has_forgotten(self, state: HandState, *, session: bool | None) -> bool:
        """Tell whether it was lost meanwhile, or its session or mode is not what it was told.

        The mode belongs to nobody: any client may change it, and a hand in another one takes
        our stream for nothing.
        """
        is_elsewhere = self._streams and state.control_mode != ControlMode.STREAM
        is_other_session = session is not None and state.session_active != session
        return is_elsewhere or is_other_session or self._client.n_lost != self._n_lost

    def rest(self, held: Held | None) -> None:
        """End a loop, and give the control hand back to its movements; raises HandError.

        A movement that is held stays: this generation's own client leaves it so.
        """
        if held is not None and held.sweep:
            self._client.freeze(False)
        if self._streams:
            self._client.set_control_mode(ControlMode.MOVEMENT)
