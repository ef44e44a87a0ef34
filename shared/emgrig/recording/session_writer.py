"""Write sessions that the MyoGestic library opens too.

Source of the format: contracts/session-format.md, section 8.
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from emgrig.errors import SessionError
from emgrig.recording.names import SESSION_SUFFIX
from emgrig.recording.stream_sink import StreamFormat, StreamSink

__all__ = ["SessionFacts", "SessionWriter"]

# 3 says that a pose is stamped with its convention, 2 that channel names are there (section 3).
_STAMPED_SCHEMA, _PLAIN_SCHEMA = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What a session holds besides its streams.

    Attributes:
        app_name: Who made it.
        name: What a person called it, may be empty.
        created: End of the recording, local time.
        class_names: Index = class index.
        labels: (LSL seconds, class index), by time.
        extras: JSON values; ours go under ``emgrig``.
        pose_convention: ``standard``, or empty for the units of VHI 1 (section 5).
    """

    app_name: str = "emgrig"
    name: str = ""
    created: datetime = field(default_factory=datetime.now)
    class_names: Sequence[str] = ()
    labels: Sequence[tuple[float, int]] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    pose_convention: str = ""


class SessionWriter:
    """Write one session; it appears under its name only when it is complete and on the disk.

    Use it in a ``with`` block: leaving it before `commit` or `write` leaves nothing behind.

    Args:
        path: Target, ending in ``.session.zip``; an older file of that name is replaced.

    Raises:
        SessionError: Another ending, or a folder that cannot be written.
    """

    def __init__(self, path: Path) -> None:
        if not path.name.endswith(SESSION_SUFFIX):
            raise SessionError(f"expected a name ending in {SESSION_SUFFIX}, got {path.name!r}")
        self.path = path
        self.temporary = path.with_name(f"{path.name}.tmp")
        self._sinks: dict[str, tuple[StreamSink, float]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._archive = zipfile.ZipFile(self.temporary, "w", zipfile.ZIP_STORED)
        except OSError as error:
            raise SessionError(
                f"expected to write {self.temporary}, got {error.strerror}; "
                "free space or choose another folder"
            ) from error

    def stream(self, name: str, form: StreamFormat) -> StreamSink:
        """Begin a stream whose rows come bit by bit; `declare_rate` if it has no rate.

        Raises:
            SessionError: The session has a stream of that name.
        """
        if name in self._sinks:
            raise SessionError(f"expected a new stream name, got {name!r} twice in {self.path}")
        sink = StreamSink(self._archive, name, form)
        self._sinks[name] = (sink, 0.0)
        return sink

    def declare_rate(self, name: str, fs: float) -> None:
        """Set the rate, Hz, of a stream that was begun with rate 0."""
        self._sinks[name] = (self._sinks[name][0], fs)

    def add_stream(
        self,
        name: str,
        data: ArrayLike,
        *,
        timestamps: ArrayLike,
        fs: float,
        channel_names: Sequence[str] = (),
    ) -> None:
        """Write a stream whose rows are all there.

        Args:
            name: ASCII letters, digits, ``-`` and ``_``.
            data: (n_samples, n_channels), of a numeric type that sessions hold.
            timestamps: (n_samples,), LSL seconds.
            fs: Declared rate, Hz; 0 takes the mean rate.
            channel_names: One per column, or empty.

        Raises:
            SessionError: The shapes do not fit, or the name is taken.
        """
        rows, times = np.asarray(data), np.asarray(timestamps, np.float64)
        if rows.ndim != 2 or times.shape != rows.shape[:1]:
            raise SessionError(
                f"expected data (n, channels) and timestamps (n,), got {rows.shape} and "
                f"{times.shape} for {name}"
            )
        form = StreamFormat(rows.shape[1], rows.dtype.name, fs, channel_names)
        self.stream(name, form).append(rows, times)
        if len(times) > 1 and times[-1] > times[0]:
            self.declare_rate(name, (len(times) - 1) / float(times[-1] - times[0]))

    def seal(self, facts: SessionFacts) -> None:
        """Complete the archive under its temporary name; a reader can check it there.

        Raises:
            SessionError: The disk is full.
        """
        try:
            streams = {name: sink.close(fs) for name, (sink, fs) in self._sinks.items()}
            self._write_documents(facts, streams)
            self._archive.close()
            _sync(self.temporary)
        except OSError as error:
            raise _refused(self.temporary, error) from error

    def commit(self) -> Path:
        """Give the sealed archive its name, on the disk before this returns."""
        self.temporary.replace(self.path)
        _sync(self.path.parent)
        return self.path

    def write(self, facts: SessionFacts) -> Path:
        """Complete the archive and give it its name; see `seal` for errors."""
        self.seal(facts)
        return self.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        # What a full disk leaves unwritten belongs to a file that goes now.
        with suppress(OSError):
            self._archive.close()
        self.temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _refused(self.temporary, error) from error

    def _write_documents(self, facts: SessionFacts, streams: dict[str, Any]) -> None:
        labels = [{"timestamp": t, "class_index": index} for t, index in facts.labels]
        meta = {
            "schema_version": _STAMPED_SCHEMA if facts.pose_convention else _PLAIN_SCHEMA,
            "pose_convention": facts.pose_convention,
            "app_name": facts.app_name,
            "created": facts.created.isoformat(timespec="seconds"),
            "streams": streams,
            "class_names": list(facts.class_names),
            "name": facts.name,
            "extras": dict(facts.extras),
        }
        optional = {"pose_convention", "class_names", "name", "extras"}
        meta = {key: value for key, value in meta.items() if value or key not in optional}
        self._archive.writestr("labels.json", json.dumps(labels, indent=2))
        self._archive.writestr("meta.json", json.dumps(meta, indent=2, default=str))


def _refused(path: Path, error: OSError) -> SessionError:
    return SessionError(
        f"expected to write {path}, got {error.strerror or error}; free space and retry"
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
