from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrainRequest(_message.Message):
    __slots__ = ("sessions", "kind", "classes", "target_stream", "highpass_hz", "notch_hz", "iterations", "hop_s", "window_s", "sub_window_samples")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    TARGET_STREAM_FIELD_NUMBER: _ClassVar[int]
    HIGHPASS_HZ_FIELD_NUMBER: _ClassVar[int]
    NOTCH_HZ_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    HOP_S_FIELD_NUMBER: _ClassVar[int]
    WINDOW_S_FIELD_NUMBER: _ClassVar[int]
    SUB_WINDOW_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedScalarFieldContainer[str]
    kind: str
    classes: _containers.RepeatedScalarFieldContainer[str]
    target_stream: str
    highpass_hz: float
    notch_hz: float
    iterations: int
    hop_s: float
    window_s: float
    sub_window_samples: int
    def __init__(self, sessions: _Optional[_Iterable[str]] = ..., kind: _Optional[str] = ..., classes: _Optional[_Iterable[str]] = ..., target_stream: _Optional[str] = ..., highpass_hz: _Optional[float] = ..., notch_hz: _Optional[float] = ..., iterations: _Optional[int] = ..., hop_s: _Optional[float] = ..., window_s: _Optional[float] = ..., sub_window_samples: _Optional[int] = ...) -> None: ...

class TrainProgress(_message.Message):
    __slots__ = ("stage", "done", "total", "elapsed_s", "remaining_s", "model")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_S_FIELD_NUMBER: _ClassVar[int]
    REMAINING_S_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    stage: str
    done: int
    total: int
    elapsed_s: float
    remaining_s: float
    model: ModelInfo
    def __init__(self, stage: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., elapsed_s: _Optional[float] = ..., remaining_s: _Optional[float] = ..., model: _Optional[_Union[ModelInfo, _Mapping]] = ...) -> None: ...

class CancelTrainingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CancelTrainingReply(_message.Message):
    __slots__ = ("was_running",)
    WAS_RUNNING_FIELD_NUMBER: _ClassVar[int]
    was_running: bool
    def __init__(self, was_running: _Optional[bool] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ("model_id",)
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    def __init__(self, model_id: _Optional[str] = ...) -> None: ...

class GetTrainingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TrainingStatus(_message.Message):
    __slots__ = ("running", "progress", "run_id", "model_id", "error", "cancelled")
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    running: bool
    progress: TrainProgress
    run_id: str
    model_id: str
    error: str
    cancelled: bool
    def __init__(self, running: _Optional[bool] = ..., progress: _Optional[_Union[TrainProgress, _Mapping]] = ..., run_id: _Optional[str] = ..., model_id: _Optional[str] = ..., error: _Optional[str] = ..., cancelled: _Optional[bool] = ...) -> None: ...

class ListModelsReply(_message.Message):
    __slots__ = ("models", "broken")
    class BrokenEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MODELS_FIELD_NUMBER: _ClassVar[int]
    BROKEN_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[ModelInfo]
    broken: _containers.ScalarMap[str, str]
    def __init__(self, models: _Optional[_Iterable[_Union[ModelInfo, _Mapping]]] = ..., broken: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ModelInfo(_message.Message):
    __slots__ = ("model_id", "kind", "created", "manifest_json")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_JSON_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    kind: str
    created: str
    manifest_json: str
    def __init__(self, model_id: _Optional[str] = ..., kind: _Optional[str] = ..., created: _Optional[str] = ..., manifest_json: _Optional[str] = ...) -> None: ...
