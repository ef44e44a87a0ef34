from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StartRecordingRequest(_message.Message):
    __slots__ = ("take_name", "protocol")
    TAKE_NAME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    take_name: str
    protocol: str
    def __init__(self, take_name: _Optional[str] = ..., protocol: _Optional[str] = ...) -> None: ...

class StopRecordingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DiscardRecordingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRecordingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LabelRequest(_message.Message):
    __slots__ = ("class_name", "t")
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    T_FIELD_NUMBER: _ClassVar[int]
    class_name: str
    t: float
    def __init__(self, class_name: _Optional[str] = ..., t: _Optional[float] = ...) -> None: ...

class RecordingStatus(_message.Message):
    __slots__ = ("recording", "session", "elapsed_s", "streams", "label", "journal_bytes", "finishing", "take_name", "protocol", "recovering")
    class StreamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: StreamCount
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[StreamCount, _Mapping]] = ...) -> None: ...
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_S_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    FINISHING_FIELD_NUMBER: _ClassVar[int]
    TAKE_NAME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    RECOVERING_FIELD_NUMBER: _ClassVar[int]
    recording: bool
    session: str
    elapsed_s: float
    streams: _containers.MessageMap[str, StreamCount]
    label: str
    journal_bytes: int
    finishing: bool
    take_name: str
    protocol: str
    recovering: bool
    def __init__(self, recording: _Optional[bool] = ..., session: _Optional[str] = ..., elapsed_s: _Optional[float] = ..., streams: _Optional[_Mapping[str, StreamCount]] = ..., label: _Optional[str] = ..., journal_bytes: _Optional[int] = ..., finishing: _Optional[bool] = ..., take_name: _Optional[str] = ..., protocol: _Optional[str] = ..., recovering: _Optional[bool] = ...) -> None: ...

class StreamCount(_message.Message):
    __slots__ = ("samples", "gaps", "rate_hz")
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    samples: int
    gaps: int
    rate_hz: float
    def __init__(self, samples: _Optional[int] = ..., gaps: _Optional[int] = ..., rate_hz: _Optional[float] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class RenameSessionRequest(_message.Message):
    __slots__ = ("session", "take_name")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TAKE_NAME_FIELD_NUMBER: _ClassVar[int]
    session: str
    take_name: str
    def __init__(self, session: _Optional[str] = ..., take_name: _Optional[str] = ...) -> None: ...

class ListSessionsReply(_message.Message):
    __slots__ = ("sessions", "trashed")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    TRASHED_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[SessionInfo]
    trashed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sessions: _Optional[_Iterable[_Union[SessionInfo, _Mapping]]] = ..., trashed: _Optional[_Iterable[str]] = ...) -> None: ...

class SessionInfo(_message.Message):
    __slots__ = ("session", "path", "take_name", "created", "duration_s", "streams", "class_names", "label_counts", "ledger_balanced", "gaps", "sha256", "notes", "n_bytes")
    class StreamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: StreamCount
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[StreamCount, _Mapping]] = ...) -> None: ...
    class LabelCountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    SESSION_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    TAKE_NAME_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAMES_FIELD_NUMBER: _ClassVar[int]
    LABEL_COUNTS_FIELD_NUMBER: _ClassVar[int]
    LEDGER_BALANCED_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    N_BYTES_FIELD_NUMBER: _ClassVar[int]
    session: str
    path: str
    take_name: str
    created: str
    duration_s: float
    streams: _containers.MessageMap[str, StreamCount]
    class_names: _containers.RepeatedScalarFieldContainer[str]
    label_counts: _containers.ScalarMap[str, int]
    ledger_balanced: bool
    gaps: int
    sha256: str
    notes: str
    n_bytes: int
    def __init__(self, session: _Optional[str] = ..., path: _Optional[str] = ..., take_name: _Optional[str] = ..., created: _Optional[str] = ..., duration_s: _Optional[float] = ..., streams: _Optional[_Mapping[str, StreamCount]] = ..., class_names: _Optional[_Iterable[str]] = ..., label_counts: _Optional[_Mapping[str, int]] = ..., ledger_balanced: _Optional[bool] = ..., gaps: _Optional[int] = ..., sha256: _Optional[str] = ..., notes: _Optional[str] = ..., n_bytes: _Optional[int] = ...) -> None: ...

class AnnotateSessionRequest(_message.Message):
    __slots__ = ("session", "notes")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    session: str
    notes: str
    def __init__(self, session: _Optional[str] = ..., notes: _Optional[str] = ...) -> None: ...

class AssessReply(_message.Message):
    __slots__ = ("findings",)
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    def __init__(self, findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("name", "ok", "measured", "advice")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    MEASURED_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    name: str
    ok: bool
    measured: str
    advice: str
    def __init__(self, name: _Optional[str] = ..., ok: _Optional[bool] = ..., measured: _Optional[str] = ..., advice: _Optional[str] = ...) -> None: ...

class PreviewRequest(_message.Message):
    __slots__ = ("session", "columns")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    session: str
    columns: int
    def __init__(self, session: _Optional[str] = ..., columns: _Optional[int] = ...) -> None: ...

class Preview(_message.Message):
    __slots__ = ("duration_s", "n_channels", "columns", "envelope", "labels")
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    N_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    duration_s: float
    n_channels: int
    columns: int
    envelope: bytes
    labels: _containers.RepeatedCompositeFieldContainer[LabelAt]
    def __init__(self, duration_s: _Optional[float] = ..., n_channels: _Optional[int] = ..., columns: _Optional[int] = ..., envelope: _Optional[bytes] = ..., labels: _Optional[_Iterable[_Union[LabelAt, _Mapping]]] = ...) -> None: ...

class LabelAt(_message.Message):
    __slots__ = ("t_s", "class_name")
    T_S_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    t_s: float
    class_name: str
    def __init__(self, t_s: _Optional[float] = ..., class_name: _Optional[str] = ...) -> None: ...

class Piece(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class VerifyReply(_message.Message):
    __slots__ = ("ok", "findings")
    OK_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    ok: bool
    findings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ok: _Optional[bool] = ..., findings: _Optional[_Iterable[str]] = ...) -> None: ...
