from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class LoadModelRequest(_message.Message):
    __slots__ = ("model_id",)
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    def __init__(self, model_id: _Optional[str] = ...) -> None: ...

class RollbackRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetPredictingRequest(_message.Message):
    __slots__ = ("predicting",)
    PREDICTING_FIELD_NUMBER: _ClassVar[int]
    predicting: bool
    def __init__(self, predicting: _Optional[bool] = ...) -> None: ...

class GetPredictorRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PredictorStatus(_message.Message):
    __slots__ = ("model_id", "previous_model_id", "predicting", "predictions", "spec_id", "targets")
    MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_MODEL_ID_FIELD_NUMBER: _ClassVar[int]
    PREDICTING_FIELD_NUMBER: _ClassVar[int]
    PREDICTIONS_FIELD_NUMBER: _ClassVar[int]
    SPEC_ID_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    model_id: str
    previous_model_id: str
    predicting: bool
    predictions: int
    spec_id: str
    targets: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model_id: _Optional[str] = ..., previous_model_id: _Optional[str] = ..., predicting: _Optional[bool] = ..., predictions: _Optional[int] = ..., spec_id: _Optional[str] = ..., targets: _Optional[_Iterable[str]] = ...) -> None: ...
