"""Find out which generation of hand is there."""

from collections.abc import Mapping

from emgrig.control import ControlMode, HandV1Client, HandV2Client
from emgrig.errors import HandError, HandProtocolError

from emgrig_vhi_bridge.first_hand import FirstHand
from emgrig_vhi_bridge.gating import MappedAddress, check_versions, resolve_map
from emgrig_vhi_bridge.second_hand import SecondHand

__all__ = ["Negotiator"]


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
            ack = self._first.set_control_mode(ControlMode.STREAM)
            if not ack.applied:
                raise HandError(
                    f"expected the control hand to follow our stream, got: {ack.message}; "
                    "it is asked again"
                )
        return FirstHand(self._first, streams=self._streams)
