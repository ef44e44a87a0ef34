from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetSourceRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SourceStatus(_message.Message):
    __slots__ = ("connected", "name", "type", "source_id", "host", "n_channels", "declared_rate_hz", "delivered_rate_hz", "samples", "windows", "gaps", "nan_samples", "clipped_samples", "time_correction_s", "channel_names", "wanted", "chosen")
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    N_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DECLARED_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    NAN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    CLIPPED_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    TIME_CORRECTION_S_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_NAMES_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    connected: bool
    name: str
    type: str
    source_id: str
    host: str
    n_channels: int
    declared_rate_hz: float
    delivered_rate_hz: float
    samples: int
    windows: int
    gaps: int
    nan_samples: int
    clipped_samples: int
    time_correction_s: float
    channel_names: _containers.RepeatedScalarFieldContainer[str]
    wanted: str
    chosen: bool
    def __init__(self, connected: _Optional[bool] = ..., name: _Optional[str] = ..., type: _Optional[str] = ..., source_id: _Optional[str] = ..., host: _Optional[str] = ..., n_channels: _Optional[int] = ..., declared_rate_hz: _Optional[float] = ..., delivered_rate_hz: _Optional[float] = ..., samples: _Optional[int] = ..., windows: _Optional[int] = ..., gaps: _Optional[int] = ..., nan_samples: _Optional[int] = ..., clipped_samples: _Optional[int] = ..., time_correction_s: _Optional[float] = ..., channel_names: _Optional[_Iterable[str]] = ..., wanted: _Optional[str] = ..., chosen: _Optional[bool] = ...) -> None: ...

class ListSourcesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SourceList(_message.Message):
    __slots__ = ("sources",)
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    sources: _containers.RepeatedCompositeFieldContainer[VisibleSource]
    def __init__(self, sources: _Optional[_Iterable[_Union[VisibleSource, _Mapping]]] = ...) -> None: ...

class VisibleSource(_message.Message):
    __slots__ = ("name", "type", "source_id", "host", "n_channels", "declared_rate_hz", "connected")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    N_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DECLARED_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    source_id: str
    host: str
    n_channels: int
    declared_rate_hz: float
    connected: bool
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., source_id: _Optional[str] = ..., host: _Optional[str] = ..., n_channels: _Optional[int] = ..., declared_rate_hz: _Optional[float] = ..., connected: _Optional[bool] = ...) -> None: ...

class ChooseSourceRequest(_message.Message):
    __slots__ = ("name", "type", "source_id", "host")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    source_id: str
    host: str
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., source_id: _Optional[str] = ..., host: _Optional[str] = ...) -> None: ...
