"""The control service Hand: what the operator may ask of the bridge."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from emgrig.control import hand_pb2
from emgrig.errors import HandError

from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.cueing import Cueing, outcome_of
from emgrig_vhi_bridge.gesture_output import GestureOutput
from emgrig_vhi_bridge.hand_link import HandLink
from emgrig_vhi_bridge.output import PoseOutput
from emgrig_vhi_bridge.protocols import Protocols
from emgrig_vhi_bridge.readback import Readback
from emgrig_vhi_bridge.translating import (
    filter_message_of,
    filter_settings_of,
    smoothing_message_of,
    smoothing_of,
    speed_message_of,
    speed_of,
)

__all__ = ["HandServicer", "Parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the servicer acts on.

    Attributes:
        link: Commands to the hand.
        output: Poses to the hand.
        gestures: Predicted classes to the hand.
        control: Read-back of the control hand.
        predict: Read-back of the predicted hand.
        cueing: Cues, to the hand and to everybody.
        protocols: Cues that are timed here.
    """

    link: HandLink
    output: PoseOutput
    gestures: GestureOutput
    control: Readback
    predict: Readback
    cueing: Cueing
    protocols: Protocols


class HandServicer:
    """Answers the operator.

    Args:
        parts: What it acts on.
        answer_s: Longest wait for a command to the hand, seconds.
    """

    def __init__(self, parts: Parts, answer_s: float) -> None:
        self._parts = parts
        self._answer_s = answer_s

    def CueGesture(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the proto
        """Show a gesture on the control hand and say so on LSL and on the bus.

        The cue is an event of the session whether or not the hand follows: with an absent hand
        somebody may still be told what to do. The reply says what the hand did.
        """
        cue = self._parts.cueing.ask(request.name, sweep=request.sweep)
        outcome = self._wait(cue.asked, context)
        return hand_pb2.CueGestureReply(
            name=request.name,
            class_index=cue.class_index,
            t=cue.t,
            applied=outcome.applied,
            message=outcome.words,
        )

    def StartProtocol(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Begin a protocol that goes on whoever watches it.

        Raises:
            RequestError: A step cannot be shown, a protocol or a take runs already.
            PeerError: The recorder does not answer.
        """
        return self._parts.protocols.start(request)

    def WatchProtocol(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Stream where the protocol is; what kept it from its end is the stream's error."""
        yield from self._parts.protocols.watch()

    def CancelProtocol(self, request: Any, context: Any) -> Any:  # noqa: N802
        """End the protocol, if there is one, with the hand at rest."""
        was_running = self._parts.protocols.cancel("somebody cancelled it")
        return hand_pb2.CancelProtocolReply(was_running=was_running)

    def SetSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Lock the hand's keyboard for a recording, or free it.

        Raises:
            HandError: The hand did not do it; it will be told again when it is back.
        """
        if not request.active:
            self._parts.protocols.forget_lost()
        return self._told(self._parts.link.set_session(request.active), context)

    def SetFreeze(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Freeze the control hand, or stop it; what is frozen is moved by no predicted class.

        Raises:
            HandError: The hand did not do it.
        """
        gestures = self._parts.gestures
        with gestures.held():
            status = self._told(self._parts.link.freeze(request.frozen), context)
            gestures.frozen(request.frozen)
        return status

    def SetSpeed(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change the timing of sweeps.

        Raises:
            RequestError: A value is out of its range.
            HandError: The hand did not do it.
        """
        return self._told(self._parts.link.set_speed(speed_of(request)), context)

    def SetSmoothing(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change how the hand itself glides to each pose.

        Raises:
            RequestError: The speed is out of its range.
            HandError: The hand did not do it.
        """
        return self._told(self._parts.link.set_smoothing(smoothing_of(request)), context)

    def SetFilter(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change the output filter while it runs."""
        output = self._parts.output
        output.set_filter(filter_settings_of(request, output.filter_settings))
        return self._status()

    def SetOutput(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Let predictions move the hand, or send it to rest, whatever was cued.

        The control hand rests by a cue, so that a label of a recording says what is shown.
        """
        parts = self._parts
        parts.output.set_enabled(request.enabled)
        # A protocol that is cancelled ends with that cue.
        if not request.enabled and not parts.protocols.cancel("the hand was sent to rest"):
            parts.cueing.rest()
        return self._status()

    def GetHand(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what is known of the hand; asks nobody, so it never waits."""
        return self._status()

    def _told(self, asked: Future[Outcome], context: Any) -> Any:
        outcome = self._wait(asked, context)
        if not outcome.applied:
            raise HandError(outcome.words)
        return self._status()

    def _wait(self, asked: Future[Outcome], context: Any) -> Outcome:
        """Wait for a command; it is called off for who hears of a failure, or has hung up.

        The hand must be found where it is, not moved a while later.
        """
        context.add_callback(asked.cancel)
        return outcome_of(asked, self._answer_s)

    def _status(self) -> Any:
        parts, view = self._parts, self._parts.link.view
        pose = parts.output.newest
        return hand_pb2.HandStatus(
            connected=view.connected,
            protocol=view.protocol,
            state=view.state,
            movement=view.movement,
            movements=view.movements,
            session_active=view.session_active,
            output_enabled=parts.output.enabled,
            filter=filter_message_of(parts.output.filter_settings),
            pose=pose.values.tolist(),
            pose_reason=pose.reason,
            control_pose=_values(parts.control),
            predict_pose=_values(parts.predict),
            command_errors=view.errors,
            last_error=view.last_error,
            speed=speed_message_of(view.speed),
            smoothing=smoothing_message_of(view.smoothing),
            recording_protocol=parts.protocols.status(),
        )


def _values(readback: Readback) -> list[float]:
    newest = readback.newest
    return [] if newest is None else newest.tolist()
