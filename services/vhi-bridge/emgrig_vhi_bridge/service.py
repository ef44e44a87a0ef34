"""The shell of vhi-bridge: predictions in, poses out; commands and read-backs beside it."""

import threading

from emgrig.control import (
    HandV1Client,
    HandV2Client,
    RigClient,
    Servicer,
    hand_pb2_grpc,
    running_take,
)
from emgrig.dsp import FilterSettings
from emgrig.messages import Message
from emgrig.runtime import Context

from emgrig_vhi_bridge.answering import HandServicer, Parts
from emgrig_vhi_bridge.config import VhiBridgeSettings
from emgrig_vhi_bridge.cueing import Cueing
from emgrig_vhi_bridge.found_hand import FoundHand
from emgrig_vhi_bridge.gating import Drive
from emgrig_vhi_bridge.gesture_output import GestureOutput
from emgrig_vhi_bridge.gesturing import Gesturer, GestureTiming
from emgrig_vhi_bridge.hand_link import HandLink
from emgrig_vhi_bridge.kept_outlet import AddressOutlets, PoseOutlet
from emgrig_vhi_bridge.kept_streams import KeptPace
from emgrig_vhi_bridge.negotiating import Negotiator
from emgrig_vhi_bridge.outlets import CueOutlet
from emgrig_vhi_bridge.output import PoseOutput
from emgrig_vhi_bridge.posing import Poser, Timing
from emgrig_vhi_bridge.protocols import Protocols
from emgrig_vhi_bridge.readback import Readback
from emgrig_vhi_bridge.taking import ProtocolTakes

__all__ = ["VhiBridgeService"]

_GESTURE = "prediction/gesture"

_STOP_S = 0.5
"""How long the worker may take to end by itself before its call is cut off."""


class VhiBridgeService:
    """One loop that must never wait, for poses; one worker for commands; one per read-back."""

    def __init__(self, settings: VhiBridgeSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._pace = KeptPace(settings.resend_hz, settings.ramp_s)
        self._subscriber = context.subscribe(
            [settings.predictions], ["prediction/hand", _GESTURE], keep="latest"
        )
        self._negotiator = _make_negotiator(settings)
        self._link = HandLink(self._negotiator.find, self._drive, context)
        # Before a hand was found, poses are offered as to one of generation 1: such a hand may
        # have lost its port, and the other generation does not listen to that stream.
        first = None if settings.protocol == "v2" else self._make_outlet()
        self._driven: tuple[Drive, ...] | None = None if first is None else ()
        self._output = PoseOutput(_make_poser(settings), first, context)
        self._gestures = GestureOutput(
            _make_gesturer(settings, context.rig.classes[0]), self._link, context
        )
        self._control = self._readback(settings.control_readback, "vhi_control")
        self._predict = self._readback(settings.predict_readback, "vhi_predict")
        self._client = RigClient(context.rig)
        self._cueing = Cueing(
            self._link,
            self._gestures,
            CueOutlet(settings.cue_stream),
            context.publisher,
            context.rig.classes,
        )
        # One call may be under way when the next is asked for.
        self._answer_s = 2 * settings.command_deadline_s + 0.5
        takes = ProtocolTakes(context.rig, self._client, self._link, context.stopping)
        self._protocols = Protocols(self._cueing, self._link, takes, context, self._answer_s)
        self._commands: threading.Thread | None = None

    def servicers(self) -> list[Servicer]:
        """Return the control service Hand."""
        parts = Parts(
            link=self._link,
            output=self._output,
            gestures=self._gestures,
            control=self._control,
            predict=self._predict,
            cueing=self._cueing,
            protocols=self._protocols,
        )
        servicer = HandServicer(parts, self._answer_s)
        return [
            Servicer(hand_pb2_grpc.add_HandServicer_to_server, servicer, "emgrig.control.v1.Hand")
        ]

    def run(self) -> None:
        """Show every prediction at once, until the process must stop."""
        self._commands = self._context.thread("commands", self._command)
        self._context.thread("control-readback", self._control.work)
        self._context.thread("predict-readback", self._predict.work)
        while not self._context.stopping.is_set():
            message = self._subscriber.receive(self._output.wait_s())
            if message is not None:
                self._follow(message)
            self._output.tick()
            self._gestures.tick(enabled=self._output.enabled)

    def close(self) -> None:
        """Bring the hand to rest and end the commands."""
        self._protocols.close()
        self._gestures.finish()
        self._output.finish()
        # Only now: a control hand that is given back to its movements takes no pose any more.
        self._link.close()
        if self._commands is not None:
            self._commands.join(_STOP_S)
        self._negotiator.close()
        self._client.close()

    def _command(self) -> None:
        """Begin as a hand is used that is in a take: an earlier bridge may have been told of it."""
        take = running_take(self._client, self._settings.command_deadline_s)
        if take is not None and take.protocol:
            self._protocols.lost()
        self._link.work(in_session=take is not None)

    def _follow(self, message: Message) -> None:
        if message.topic == _GESTURE:
            self._gestures.predict(message, enabled=self._output.enabled)
        else:
            self._output.predict(message)

    def _readback(self, lsl_name: str, stream: str) -> Readback:
        return Readback(lsl_name, stream, self._context, lambda: self._link.view.protocol)

    def _drive(self, hand: FoundHand | None) -> None:
        """Let poses go to the hand that was found, and to no other."""
        # None drives nobody, no addresses mean generation 1.
        found = None if hand is None else hand.drives
        if found == self._driven:
            return
        self._output.use(None)
        self._driven = found
        if found:
            self._output.use(AddressOutlets(found, self._pace))
        elif hand is not None:
            self._output.use(self._make_outlet())

    def _make_outlet(self) -> PoseOutlet:
        # The rig's name, so that two rigs of one network are told apart.
        source_id = f"emgrig:{self._context.rig.name}:pose"
        if self._settings.drives == "control":
            return PoseOutlet(self._settings.control_pose_stream, source_id, self._pace)
        return PoseOutlet(self._settings.pose_stream, source_id, self._pace)


def _make_negotiator(settings: VhiBridgeSettings) -> Negotiator:
    host, port = settings.hand_host, settings.hand_port
    deadline_s = settings.command_deadline_s
    return Negotiator(
        HandV1Client(host, port, deadline_s=deadline_s),
        HandV2Client(host, port, deadline_s=deadline_s),
        settings.addresses,
        protocol=settings.protocol,
        streams=settings.drives == "control",
    )


def _make_poser(settings: VhiBridgeSettings) -> Poser:
    timing = Timing(
        resend_s=1 / settings.resend_hz, silence_s=settings.silence_s, ramp_s=settings.ramp_s
    )
    return Poser(
        timing,
        FilterSettings(
            kind=settings.filter,
            min_cutoff=settings.filter_min_cutoff_hz,
            beta=settings.filter_beta,
            d_cutoff=settings.filter_d_cutoff_hz,
            window=settings.filter_window,
            sigma=settings.filter_sigma,
        ),
        settings.targets,
    )


def _make_gesturer(settings: VhiBridgeSettings, rest: str) -> Gesturer:
    timing = GestureTiming(
        n_equal=settings.gesture_n_equal,
        silence_s=settings.silence_s,
        after_cue_s=settings.gesture_after_cue_s,
    )
    return Gesturer(timing, rest)
