"""What each command does to the hands, and what the hand answers; no time, no network.

Source:
    The observable contract of the hand, sections 1.4, 2.6 and 4.4.
"""

from collections.abc import Sequence

from emgrig.control import (
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

from emgrig_virtual_hand.animation import ControlHand, PredictedHand
from emgrig_virtual_hand.movements import HandMode, Movement, offered_movements
from emgrig_virtual_hand.posing import Channels

__all__ = ["Hands"]

_MOVEMENT_MODE_ONLY = (SetMovement, Freeze, SetSpeed)


class Hands:
    """Both hands and what is set by command.

    One frame is: :meth:`receive` what streams brought, :meth:`execute` each command in order,
    :meth:`advance`. An answer shows the state after its command and before the frame's animation.

    Attributes:
        control: The hand that shows what to do.
        predicted: The hand that shows what a decoder says.
        control_mode: What drives the control hand.
        session_active: Whether a recording runs, as told; a keyboard would be ignored meanwhile.
    """

    def __init__(self, movements: Sequence[Movement], mode: HandMode) -> None:
        self._mode: HandMode = mode
        self.control = ControlHand(offered_movements(movements, mode))
        self.predicted = PredictedHand()
        self.control_mode = ControlMode.MOVEMENT
        self.session_active = False
        self._retained_pose: Channels | None = None
        self._fresh_pose: Channels | None = None
        self._fresh_output: Channels | None = None

    def receive(self, *, output: Channels | None, control_pose: Channels | None) -> None:
        """Take the newest sample of each inbound stream.

        The control pose is retained in every control mode and shown as soon as STREAM begins.

        Args:
            output: ``(9,)``, float32, for the predicted hand; None if nothing came.
            control_pose: ``(9,)``, float32, for the control hand; None if nothing came.
        """
        self._fresh_output = output
        if control_pose is not None:
            self._retained_pose = control_pose
            if self.control_mode is ControlMode.STREAM:
                self._fresh_pose = control_pose

    def execute(self, command: HandCommand) -> HandAck | HandState:
        """Apply a command, or turn it down, and answer it."""
        if isinstance(command, GetState):
            return self._describe()
        if isinstance(command, _MOVEMENT_MODE_ONLY) and self.control_mode != ControlMode.MOVEMENT:
            return self._turn_down(
                f"{type(command).__name__} is not available \u2014 the control mode is "
                f"{self.control_mode.name.capitalize()}; switch back to MOVEMENT first"
            )
        match command:
            case SetMovement():
                return self._select(command)
            case SetChirality():
                return self._turn_down("SetChirality is not implemented: there is one hand model")
            case Freeze() | SetSpeed():
                self._time(command)
            case _:
                self._adjust(command)
        return self._accept()

    def replace_movements(self, movements: Sequence[Movement]) -> None:
        """Offer other movements: the hand stops and clears in any control mode.

        Args:
            movements: In file order; must not be empty.
        """
        self.control.replace_movements(offered_movements(movements, self._mode))

    def advance(self, dt: float) -> None:
        """Move both hands by one frame.

        Args:
            dt: Seconds since the previous frame, above 0.
        """
        if self.control_mode is ControlMode.MOVEMENT:
            self.control.advance(dt)
        elif self._fresh_pose is not None:
            self.control.show(self._fresh_pose)
        self._fresh_pose = None
        if self._fresh_output is not None:
            self.predicted.take(self._fresh_output, dt)
        self._fresh_output = None

    def _select(self, command: SetMovement) -> HandAck:
        movement = self.control.find(command.name)
        if movement is None:
            if command.name.lower() != "rest":
                return self._turn_down(f"unknown movement '{command.name}'")
            self.control.stop()
        elif command.cycle:
            self.control.loop(movement)
        else:
            self.control.hold(movement)
        return self._accept()

    def _time(self, command: Freeze | SetSpeed) -> None:
        """Freeze, stop or retime; comparisons are false for NaN, which is thus ignored."""
        control = self.control
        match command:
            case Freeze(frozen=True):
                control.freeze()
            case Freeze():
                control.stop()
            case SetSpeed(frequency_hz=frequency, hold_time_s=hold, rest_time_s=rest):
                control.frequency_hz = frequency if frequency > 0 else control.frequency_hz
                control.hold_time_s = hold if hold >= 0 else control.hold_time_s
                control.rest_time_s = rest if rest >= 0 else control.rest_time_s

    def _adjust(self, command: SetSmoothing | SetSessionActive | SetControlMode) -> None:
        """Do what is possible in every control mode."""
        match command:
            case SetSmoothing(enabled=enabled, speed=speed):
                self.predicted.smoothing = enabled
                if speed > 0:
                    self.predicted.smoothing_speed = speed
            case SetSessionActive(active=active):
                self.session_active = active
            case SetControlMode(mode=mode):
                is_known = mode in list(ControlMode)
                self._switch_to(ControlMode(mode) if is_known else ControlMode.MOVEMENT)

    def _switch_to(self, mode: ControlMode) -> None:
        if mode is self.control_mode:
            return
        self.control_mode = mode
        # The animation's word is left stale in STREAM and IDLE: the hand does so, clients see it.
        if mode is ControlMode.MOVEMENT:
            self.control.stop()
        elif mode is ControlMode.IDLE:
            self.control.clear()
        self._fresh_pose = self._retained_pose if mode is ControlMode.STREAM else None

    def _accept(self) -> HandAck:
        return HandAck(True, self.control.state, self.control.selected.name)

    def _turn_down(self, message: str) -> HandAck:
        return HandAck(False, self.control.state, self.control.selected.name, message)

    def _describe(self) -> HandState:
        return HandState(
            current_state=self.control.state,
            current_movement=self.control.selected.name,
            session_active=self.session_active,
            available_movements=tuple(one.name for one in self.control.movements),
            mode=self._mode,
            control_mode=self.control_mode,
        )
