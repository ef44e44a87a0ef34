from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CueGestureRequest(_message.Message):
    __slots__ = ("name", "sweep")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SWEEP_FIELD_NUMBER: _ClassVar[int]
    name: str
    sweep: bool
    def __init__(self, name: _Optional[str] = ..., sweep: _Optional[bool] = ...) -> None: ...

class CueGestureReply(_message.Message):
    __slots__ = ("name", "class_index", "t", "applied", "message")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CLASS_INDEX_FIELD_NUMBER: _ClassVar[int]
    T_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    class_index: int
    t: float
    applied: bool
    message: str
    def __init__(self, name: _Optional[str] = ..., class_index: _Optional[int] = ..., t: _Optional[float] = ..., applied: _Optional[bool] = ..., message: _Optional[str] = ...) -> None: ...

class SetSessionRequest(_message.Message):
    __slots__ = ("active",)
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    active: bool
    def __init__(self, active: _Optional[bool] = ...) -> None: ...

class SetFreezeRequest(_message.Message):
    __slots__ = ("frozen",)
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    frozen: bool
    def __init__(self, frozen: _Optional[bool] = ...) -> None: ...

class HandSpeed(_message.Message):
    __slots__ = ("frequency_hz", "hold_s", "rest_s")
    FREQUENCY_HZ_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    REST_S_FIELD_NUMBER: _ClassVar[int]
    frequency_hz: float
    hold_s: float
    rest_s: float
    def __init__(self, frequency_hz: _Optional[float] = ..., hold_s: _Optional[float] = ..., rest_s: _Optional[float] = ...) -> None: ...

class HandSmoothing(_message.Message):
    __slots__ = ("enabled", "speed")
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    speed: float
    def __init__(self, enabled: _Optional[bool] = ..., speed: _Optional[float] = ...) -> None: ...

class SetOutputRequest(_message.Message):
    __slots__ = ("enabled",)
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    def __init__(self, enabled: _Optional[bool] = ...) -> None: ...

class GetHandRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class OutputFilter(_message.Message):
    __slots__ = ("kind", "min_cutoff_hz", "beta", "d_cutoff_hz", "window", "sigma")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MIN_CUTOFF_HZ_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    D_CUTOFF_HZ_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    kind: str
    min_cutoff_hz: float
    beta: float
    d_cutoff_hz: float
    window: int
    sigma: float
    def __init__(self, kind: _Optional[str] = ..., min_cutoff_hz: _Optional[float] = ..., beta: _Optional[float] = ..., d_cutoff_hz: _Optional[float] = ..., window: _Optional[int] = ..., sigma: _Optional[float] = ...) -> None: ...

class HandStatus(_message.Message):
    __slots__ = ("connected", "protocol", "state", "movement", "movements", "session_active", "output_enabled", "filter", "pose", "pose_reason", "control_pose", "predict_pose", "command_errors", "last_error", "speed", "smoothing", "recording_protocol")
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MOVEMENT_FIELD_NUMBER: _ClassVar[int]
    MOVEMENTS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_ENABLED_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    POSE_FIELD_NUMBER: _ClassVar[int]
    POSE_REASON_FIELD_NUMBER: _ClassVar[int]
    CONTROL_POSE_FIELD_NUMBER: _ClassVar[int]
    PREDICT_POSE_FIELD_NUMBER: _ClassVar[int]
    COMMAND_ERRORS_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    SMOOTHING_FIELD_NUMBER: _ClassVar[int]
    RECORDING_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    connected: bool
    protocol: str
    state: str
    movement: str
    movements: _containers.RepeatedScalarFieldContainer[str]
    session_active: bool
    output_enabled: bool
    filter: OutputFilter
    pose: _containers.RepeatedScalarFieldContainer[float]
    pose_reason: str
    control_pose: _containers.RepeatedScalarFieldContainer[float]
    predict_pose: _containers.RepeatedScalarFieldContainer[float]
    command_errors: int
    last_error: str
    speed: HandSpeed
    smoothing: HandSmoothing
    recording_protocol: ProtocolStatus
    def __init__(self, connected: _Optional[bool] = ..., protocol: _Optional[str] = ..., state: _Optional[str] = ..., movement: _Optional[str] = ..., movements: _Optional[_Iterable[str]] = ..., session_active: _Optional[bool] = ..., output_enabled: _Optional[bool] = ..., filter: _Optional[_Union[OutputFilter, _Mapping]] = ..., pose: _Optional[_Iterable[float]] = ..., pose_reason: _Optional[str] = ..., control_pose: _Optional[_Iterable[float]] = ..., predict_pose: _Optional[_Iterable[float]] = ..., command_errors: _Optional[int] = ..., last_error: _Optional[str] = ..., speed: _Optional[_Union[HandSpeed, _Mapping]] = ..., smoothing: _Optional[_Union[HandSmoothing, _Mapping]] = ..., recording_protocol: _Optional[_Union[ProtocolStatus, _Mapping]] = ...) -> None: ...

class StartProtocolRequest(_message.Message):
    __slots__ = ("name", "steps", "speed", "take_name")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    TAKE_NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    steps: _containers.RepeatedCompositeFieldContainer[ProtocolStep]
    speed: HandSpeed
    take_name: str
    def __init__(self, name: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[ProtocolStep, _Mapping]]] = ..., speed: _Optional[_Union[HandSpeed, _Mapping]] = ..., take_name: _Optional[str] = ...) -> None: ...

class ProtocolStep(_message.Message):
    __slots__ = ("gesture", "hold_s", "sweep")
    GESTURE_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    SWEEP_FIELD_NUMBER: _ClassVar[int]
    gesture: str
    hold_s: float
    sweep: bool
    def __init__(self, gesture: _Optional[str] = ..., hold_s: _Optional[float] = ..., sweep: _Optional[bool] = ...) -> None: ...

class WatchProtocolRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CancelProtocolRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CancelProtocolReply(_message.Message):
    __slots__ = ("was_running",)
    WAS_RUNNING_FIELD_NUMBER: _ClassVar[int]
    was_running: bool
    def __init__(self, was_running: _Optional[bool] = ...) -> None: ...

class ProtocolStatus(_message.Message):
    __slots__ = ("running", "run_id", "name", "step", "n_steps", "gesture", "t", "elapsed_s", "remaining_s", "session", "error", "cancelled")
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    N_STEPS_FIELD_NUMBER: _ClassVar[int]
    GESTURE_FIELD_NUMBER: _ClassVar[int]
    T_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_S_FIELD_NUMBER: _ClassVar[int]
    REMAINING_S_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    running: bool
    run_id: str
    name: str
    step: int
    n_steps: int
    gesture: str
    t: float
    elapsed_s: float
    remaining_s: float
    session: str
    error: str
    cancelled: bool
    def __init__(self, running: _Optional[bool] = ..., run_id: _Optional[str] = ..., name: _Optional[str] = ..., step: _Optional[int] = ..., n_steps: _Optional[int] = ..., gesture: _Optional[str] = ..., t: _Optional[float] = ..., elapsed_s: _Optional[float] = ..., remaining_s: _Optional[float] = ..., session: _Optional[str] = ..., error: _Optional[str] = ..., cancelled: _Optional[bool] = ...) -> None: ...
