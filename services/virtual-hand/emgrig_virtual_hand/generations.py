"""The two generations of the hand as the frame loop sees them: streams in, commands, poses out.

Source:
    The observable contract of the hand, sections 3 and 5.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from emgrig.control import HandServer, serve_hand_v1, serve_hand_v2

from emgrig_virtual_hand.commanding import Hands
from emgrig_virtual_hand.config import VirtualHandSettings
from emgrig_virtual_hand.frame_queue import Commanded
from emgrig_virtual_hand.held_numbers import LIVELY_S
from emgrig_virtual_hand.movements import Movement
from emgrig_virtual_hand.posing import Channels
from emgrig_virtual_hand.remote_commanding import RemoteHands
from emgrig_virtual_hand.streams import PoseInlet
from emgrig_virtual_hand.vocabulary import POSE_ADDRESSES

__all__ = ["FirstGeneration", "Generation", "SecondGeneration", "generation_of"]


class Generation(Protocol):
    """One hand with its streams.

    Attributes:
        inlets: What it listens to.
        source_ids: Of the control and the predicted hand's outlet.
        description: What those outlets say of themselves.
    """

    inlets: tuple[PoseInlet, ...]
    source_ids: tuple[str, str]
    description: dict[str, str]

    @property
    def hands(self) -> Commanded:
        """What commands act on."""

    @property
    def poses(self) -> tuple[Channels, Channels]:
        """What control and predicted hand publish now: each ``(9,)``, float32."""

    def play(self, drain: Callable[[Commanded], int], dt: float) -> int:
        """Play one frame: streams, commands, movement; returns the number of commands."""

    def serve(self, ask: Callable[[Any], Any], host: str, port: int) -> HandServer:
        """Open the port of the commands; raises PeerError where it is in use."""


class FirstGeneration:
    """Two streams of nine channels, flexion negative."""

    source_ids: tuple[str, str] = ("control_hand_001", "predicted_hand_001")

    def __init__(self, movements: Sequence[Movement], settings: VirtualHandSettings) -> None:
        self.hands = Hands(movements, settings.mode)
        faithful = settings.faithful_reconnect
        self._output = PoseInlet(settings.output_stream, faithful=faithful)
        self._control_pose = PoseInlet(settings.control_pose_stream, faithful=faithful)
        self.inlets: tuple[PoseInlet, ...] = (self._output, self._control_pose)
        self.description: dict[str, str] = {}

    @property
    def poses(self) -> tuple[Channels, Channels]:
        """What control and predicted hand publish now: each ``(9,)``, float32."""
        return self.hands.control.channels, self.hands.predicted.channels

    def play(self, drain: Callable[[Commanded], int], dt: float) -> int:
        """Play one frame: streams, commands, movement; returns the number of commands."""
        hands = self.hands
        hands.receive(output=self._output.newest(), control_pose=self._control_pose.newest())
        n_commands = drain(hands)
        hands.advance(dt)
        return n_commands

    def serve(self, ask: Callable[[Any], Any], host: str, port: int) -> HandServer:
        """Open the port of the commands; raises PeerError where it is in use."""
        return serve_hand_v1(ask, host, port)


class SecondGeneration:
    """One stream per address, flexion positive; a stream that falls silent is looked for again."""

    # The contract knows only that they are not those of generation 1.
    source_ids: tuple[str, str] = ("vhi_control_hand_v2", "vhi_predicted_hand_v2")

    def __init__(self, movements: Sequence[Movement], settings: VirtualHandSettings) -> None:
        self.hands = RemoteHands(movements, settings.mode)
        self.inlets = tuple(
            PoseInlet(address, n_channels=1, exclusive=True) for address in POSE_ADDRESSES
        )
        self.description = {"pose_convention": "standard"}
        self._silent_s = dict.fromkeys(POSE_ADDRESSES, 0.0)

    @property
    def poses(self) -> tuple[Channels, Channels]:
        """What control and predicted hand publish now: each ``(9,)``, float32."""
        return self.hands.poses

    def play(self, drain: Callable[[Commanded], int], dt: float) -> int:
        """Play one frame: streams, commands, movement; returns the number of commands."""
        for inlet in self.inlets:
            if inlet.is_attached:
                self._hear(inlet, dt)
            else:
                self._silent_s[inlet.name] = 0.0
        n_commands = drain(self.hands)
        self.hands.advance(dt)
        return n_commands

    def serve(self, ask: Callable[[Any], Any], host: str, port: int) -> HandServer:
        """Open the port of the commands; raises PeerError where it is in use."""
        return serve_hand_v2(ask, host, port)

    def _hear(self, inlet: PoseInlet, dt: float) -> None:
        sample = inlet.newest()
        if sample is not None:
            self._silent_s[inlet.name] = 0.0
            if not self.hands.hear(inlet.name, float(sample[0])):
                inlet.errors += 1
            return
        self._silent_s[inlet.name] += dt
        if self._silent_s[inlet.name] >= LIVELY_S:
            self._silent_s[inlet.name] = 0.0
            inlet.let_go()


def generation_of(settings: VirtualHandSettings, movements: Sequence[Movement]) -> Generation:
    """Return the hand that the settings ask for."""
    if settings.protocol == "v2":
        return SecondGeneration(movements, settings)
    return FirstGeneration(movements, settings)
