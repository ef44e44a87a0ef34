"""What each command of generation 2 does to the hands, and what they answer; no time, no network.

Source:
    The observable contract of the hand, sections 5.4 to 5.9; the README says what is chosen where
    it leaves something open.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from emgrig.control import (
    ControlAck,
    GetControlManifest,
    GetRecordingSessionState,
    RecordingAck,
    RecordingState,
    RemoteAnswer,
    RemoteCommand,
    SetControl,
    SetPresentation,
    SetRecordingSession,
    StartRecordingTrajectory,
    StopRecordingTrajectory,
    SweepControl,
    SweepReport,
)

from emgrig_virtual_hand.animation import ControlHand
from emgrig_virtual_hand.held_numbers import HeldNumbers
from emgrig_virtual_hand.movements import HandMode, Movement, offered_movements
from emgrig_virtual_hand.posing import Channels
from emgrig_virtual_hand.sweeping import Sweep
from emgrig_virtual_hand.vocabulary import (
    CONTROL_POSE,
    GESTURE,
    POSE_ADDRESSES,
    PREDICTION,
    channel_of,
    manifest,
)

__all__ = ["RemoteHands"]


class RemoteHands:
    """Both hands of generation 2 and what is set by command.

    One frame is: :meth:`hear` what streams brought, :meth:`execute` each command in order,
    :meth:`advance`.

    Attributes:
        control: The control hand's movements, shown while no number drives that hand.
        session_active: Whether a recording runs, as told; a keyboard would be ignored meanwhile.
        trajectory: The movement that is looped for a recording, empty while none is.
        blend: Whether a display would glide; this hand has none.
        blend_speed: How fast it would.
    """

    def __init__(self, movements: Sequence[Movement], mode: HandMode) -> None:
        self._mode: HandMode = mode
        self.control = ControlHand(offered_movements(movements, mode))
        self.session_active = False
        self.trajectory = ""
        self.blend = False
        self.blend_speed = 5.0
        self._numbers = HeldNumbers()
        self._sweep: Sweep | None = None
        self._swept: Future[RemoteAnswer] = Future()

    @property
    def poses(self) -> tuple[Channels, Channels]:
        """What control and predicted hand publish now: each ``(9,)``, float32."""
        numbers = self._numbers
        control = numbers.control if self._is_driven else self.control.standard_channels
        return control, numbers.predicted

    def hear(self, address: str, value: float) -> bool:
        """Take a stream's number; false if it was ignored, not finite or out of range."""
        return self._numbers.hear(address, value)

    def execute(self, command: RemoteCommand) -> RemoteAnswer | Future[RemoteAnswer]:
        """Apply a command, or turn it down, and answer it; a sweep is answered when it is over."""
        match command:
            case GetControlManifest():
                return manifest([movement.name for movement in self.control.movements])
            case SetControl(continuous=continuous, discrete=discrete):
                return self._set(continuous, discrete)
            case SweepControl():
                return self._begin_sweep(command)
            case SetPresentation(blend=blend, blend_speed=speed):
                self.blend = blend
                self.blend_speed = speed if speed > 0 else self.blend_speed
                return ControlAck(True)
            case GetRecordingSessionState():
                return self._describe()
            case _:
                return self._record(command)

    def replace_movements(self, movements: Sequence[Movement]) -> None:
        """Offer other movements: the control hand stops, and with it a trajectory.

        Args:
            movements: In file order; must not be empty.
        """
        self.trajectory = ""
        self.control.replace_movements(offered_movements(movements, self._mode))

    def advance(self, dt: float) -> None:
        """Move both hands by one frame.

        Args:
            dt: Seconds since the previous frame, above 0.
        """
        self._numbers.advance(dt)
        self.control.advance(dt)
        if self._sweep is not None:
            self._play_sweep(self._sweep, dt)

    @property
    def _is_driven(self) -> bool:
        """Whether numbers rather than movements pose the control hand."""
        if self.trajectory:
            return False
        return self._is_control_swept or self._numbers.drives_control_hand

    @property
    def _is_control_swept(self) -> bool:
        return self._sweep is not None and self._sweep.address.startswith(CONTROL_POSE)

    def _set(self, continuous: Mapping[str, float], discrete: Mapping[str, str]) -> ControlAck:
        rejected = {}
        for address, value in continuous.items():
            reason = self._numbers.refusal(address, value)
            if reason:
                rejected[address] = reason
            else:
                self._numbers.tell(address, value)
        for address, state in discrete.items():
            reason = self._gesture(address, state)
            if reason:
                rejected[address] = reason
        return ControlAck(not rejected, rejected)

    def _gesture(self, address: str, state: str) -> str:
        """Hold a movement; return why not, or nothing."""
        movement = self._find(state)
        if address != GESTURE:
            return f"expected {GESTURE!r}, the one address of the manifest that takes states"
        if movement is None:
            return f"expected a state of the manifest, got {state!r}"
        if self.trajectory:
            return f"a recording trajectory runs ({self.trajectory}); stop it first"
        if self._is_driven:
            return f"numbers drive the control hand ({CONTROL_POSE}*); stop sending them first"
        self.control.hold(movement)
        return ""

    def _record(
        self,
        command: SetRecordingSession | StartRecordingTrajectory | StopRecordingTrajectory,
    ) -> RecordingAck:
        match command:
            case SetRecordingSession(active=active):
                self.session_active = active
            case StartRecordingTrajectory():
                return self._start_trajectory(command)
            case StopRecordingTrajectory():
                if self.trajectory:
                    self.trajectory = ""
                    self.control.stop()
        return RecordingAck(True)

    def _start_trajectory(self, command: StartRecordingTrajectory) -> RecordingAck:
        movement, control = self._find(command.movement), self.control
        if self.trajectory:
            return RecordingAck(False, f"a trajectory runs already ({self.trajectory})")
        if movement is None:
            return RecordingAck(False, f"unknown movement '{command.movement}'")
        if self._is_control_swept:
            return RecordingAck(False, "a sweep moves the control hand; wait for its end")
        # Comparisons are false for NaN, which is thus ignored.
        if command.frequency_hz > 0:
            control.frequency_hz = command.frequency_hz
        if command.hold_time_s >= 0:
            control.hold_time_s = command.hold_time_s
        if command.rest_time_s >= 0:
            control.rest_time_s = command.rest_time_s
        self.trajectory = movement.name
        control.loop(movement)
        return RecordingAck(True)

    def _begin_sweep(self, command: SweepControl) -> SweepReport | Future[RemoteAnswer]:
        address = command.name
        if address not in POSE_ADDRESSES:
            return SweepReport(False, f"expected an address that takes numbers, got '{address}'")
        if self._sweep is not None:
            return SweepReport(False, f"a sweep runs already ({self._sweep.address})")
        if self.trajectory and address.startswith(CONTROL_POSE):
            return SweepReport(False, f"a recording trajectory runs ({self.trajectory})")
        self._sweep, self._swept = Sweep(command), Future()
        return self._swept

    def _play_sweep(self, sweep: Sweep, dt: float) -> None:
        numbers, address = self._numbers, sweep.address
        sweep.advance(dt)
        is_driven = numbers.is_streamed(address)
        if not is_driven:
            numbers.hold(address, sweep.value)
        pose = self.poses[1 if address.startswith(PREDICTION) else 0]
        sweep.measure(float(pose[channel_of(address)]), is_driven=is_driven)
        if sweep.is_over:
            self._sweep = None
            self._swept.set_result(sweep.report())

    def _find(self, name: str) -> Movement | None:
        """Look a movement up by its name; casing matters only between two of one spelling."""
        folded = name.casefold()
        return self.control.find(name) or next(
            (one for one in self.control.movements if one.name.casefold() == folded), None
        )

    def _describe(self) -> RecordingState:
        control = self.control
        return RecordingState(
            recording_session_active=self.session_active,
            trajectory_running=bool(self.trajectory),
            trajectory_movement=self.trajectory,
            animation_state=control.state,
            available_movements=tuple(one.name for one in control.movements),
            current_movement=control.selected.name,
        )
