"""Read sessions, ours and those of the MyoGestic library.

Source of the format: contracts/session-format.md, sections 1 to 4.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emgrig.errors import SessionError
from emgrig.messages import STANDARD_POSE
from emgrig.recording.containers import Container, open_container
from emgrig.recording.names import given_name
from emgrig.recording.session_meta import (
    StreamInfo,
    check_stated,
    declared_rate,
    dict_or_empty,
    of_type,
    read_document,
    read_labels,
)
from emgrig.recording.zarr_arrays import ArrayLayout, check_zstd_frame, parse_metadata

__all__ = ["SessionReader", "open_session"]

_STREAM_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ZSTD_HEAD_BYTES = 18
_STANDARD_SCHEMA = 3
# What zarr, its codecs and zipfile raise for bytes that are not what they should be.
_READ_ERRORS = (
    ValueError,
    KeyError,
    TypeError,
    OSError,
    RuntimeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)
# Silent channels have no chunk files, so an array may declare more than there is; not so much.
_MAX_SPARSENESS = 1000
_SPARSE_SLACK_BYTES = 16 << 20


class SessionReader:
    """An opened session; its arrays are read when asked for. Use it in a ``with`` block.

    Attributes:
        path: Archive or folder.
        meta: meta.json as it is.
        streams: Streams by name, in the order of the file.
        labels: By time.
        class_names: Index = class index; may be empty.
        extras: What other programs and our export added; ours are the `books`.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self.path = container.path
        self.meta: dict[str, Any] = read_document(container, "meta.json", dict)
        self._layouts: dict[str, ArrayLayout] = {}
        declared = of_type(self.meta.get("streams", {}), dict, "streams", self.path)
        self.streams = {name: self._stream(name, stated) for name, stated in declared.items()}
        _check_total(self._layouts.values(), container)
        self.labels = read_labels(container)
        names = of_type(self.meta.get("class_names") or [], list, "class_names", self.path)
        self.class_names = tuple(str(name) for name in names)
        self.extras: dict[str, Any] = of_type(
            self.meta.get("extras") or {}, dict, "extras", self.path
        )

    @property
    def name(self) -> str:
        """Name that a person gave, or empty."""
        return given_name(self.path, str(self.meta.get("name") or ""))

    @property
    def pose_convention(self) -> str:
        """``standard`` where recorded hand poses have flexion positive, else empty: VHI 1's.

        Schema 3 alone says so too: version 2.5.0 of the MyoGestic library wrote no stamp.
        """
        schema = self.meta.get("schema_version")
        is_late = type(schema) is int and schema >= _STANDARD_SCHEMA
        return STANDARD_POSE if is_late or self.meta.get("pose_convention") == STANDARD_POSE else ""

    @property
    def books(self) -> dict[str, Any]:
        """What our export wrote down of the recording; empty where it was not ours."""
        return dict_or_empty(self.extras.get("emgrig"))

    @cached_property
    def sha256(self) -> str:
        """Hash of the archive, hex; of meta.json for a folder."""
        if self.path.is_dir():
            return hashlib.sha256(self._container.read("meta.json")).hexdigest()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def info(self, name: str) -> StreamInfo:
        """Return what is known of a stream.

        Raises:
            SessionError: The session has no such stream.
        """
        if name not in self.streams:
            raise SessionError(
                f"expected a stream of {sorted(self.streams)}, got {name!r}, in {self.path}"
            )
        return self.streams[name]

    def data(self, name: str) -> NDArray[Any]:
        """Return a stream's samples, (n_samples, n_channels), in its own type."""
        return self.rows(name, 0, self.info(name).n_samples)

    def timestamps(self, name: str) -> NDArray[np.float64]:
        """Return a stream's sample times, (n_samples,), LSL seconds."""
        return self.times(name, 0, self.info(name).n_samples)

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return samples start to stop of a stream, (n, n_channels)."""
        self.info(name)
        return self._slice(f"{name}.zarr", start, stop)

    def times(self, name: str, start: int, stop: int) -> NDArray[np.float64]:
        """Return sample times start to stop of a stream, (n,), LSL seconds."""
        self.info(name)
        return self._slice(f"{name}_timestamps.zarr", start, stop)

    def n_absent_chunks(self, name: str) -> int:
        """Return how many chunk files a stream lacks; they read as zeros."""
        layouts = [(a, self._layouts[a]) for a in (f"{name}.zarr", f"{name}_timestamps.zarr")]
        return sum(
            f"{array}/{layout.chunk_key(index)}" not in self._container.sizes
            for array, layout in layouts
            for index in range(layout.n_chunks)
        )

    def close(self) -> None:
        """Close the files; twice is harmless."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _slice(self, array: str, start: int, stop: int) -> NDArray[Any]:
        layout = self._layouts[array]
        if stop <= start:
            return np.empty((0, *layout.shape[1:]), layout.dtype)
        self._check_chunks(array, layout, range(start, stop))
        import zarr  # here and not above: see `emgrig.recording.containers`

        try:
            store = self._container.store()
            opened = zarr.open_array(store, path=array, mode="r", zarr_format=3)
            rows = np.asarray(opened[start:stop])
        except _READ_ERRORS as error:
            raise SessionError(
                f"expected to read {array} in {self.path}, got {error}; the session is damaged"
            ) from error
        return rows

    def _check_chunks(self, array: str, layout: ArrayLayout, rows: range) -> None:
        """Refuse chunk files that are not what the array declares, before they are unpacked."""
        per_chunk = layout.chunk_shape[0]
        for index in range(rows.start // per_chunk, -(-rows.stop // per_chunk)):
            name = f"{array}/{layout.chunk_key(index)}"
            size = self._container.sizes.get(name)
            if size is None:
                continue
            if "zstd" in layout.codecs:
                head = self._container.read(name, _ZSTD_HEAD_BYTES)
                check_zstd_frame(head, layout.chunk_bytes, f"{name} of {self.path}")
            elif size != layout.chunk_bytes + 4 * ("crc32c" in layout.codecs):
                raise SessionError(
                    f"expected {layout.chunk_bytes} bytes in {name}, got {size} in {self.path}; "
                    "the session is damaged"
                )

    def _stream(self, name: str, stated: Any) -> StreamInfo:
        if _STREAM_NAME.fullmatch(name) is None or not isinstance(stated, dict):
            raise SessionError(
                f"expected a stream name of letters, digits, - and _ with its facts, got "
                f"{name!r:.80}: {stated!r:.80} in {self.path}"
            )
        data = self._layout(f"{name}.zarr", 2)
        times = self._layout(f"{name}_timestamps.zarr", 1)
        labels = of_type(stated.get("channel_names") or [], list, "channel_names", self.path)
        names = tuple(str(label) for label in labels)
        fs = stated.get("fs")
        info = StreamInfo(data.shape[0], data.shape[1], declared_rate(fs), data.dtype, names)
        check_stated(name, stated, info, self.path)
        if times.shape[0] != info.n_samples or times.dtype != "float64":
            raise SessionError(
                f"expected {info.n_samples} float64 time stamps, got {times.shape[0]} of "
                f"{times.dtype} for {name} in {self.path}; the session is damaged"
            )
        return info

    def _layout(self, array: str, n_dimensions: int) -> ArrayLayout:
        where = f"{array}/zarr.json of {self.path}"
        if f"{array}/zarr.json" not in self._container.sizes:
            raise SessionError(f"expected {where}, got none; the session is incomplete")
        text = self._container.read(f"{array}/zarr.json")
        layout = parse_metadata(text, where=where, n_dimensions=n_dimensions)
        self._layouts[array] = layout
        return layout


def open_session(path: Path) -> SessionReader:
    """Open a ``.session.zip`` or a session folder.

    Raises:
        SessionError: It is not one, is damaged, or is built to harm.
    """
    container = open_container(path)
    try:
        return SessionReader(container)
    except SessionError:
        container.close()
        raise


def _check_total(layouts: Iterable[ArrayLayout], container: Container) -> None:
    declared = sum(layout.n_bytes for layout in layouts)
    present = sum(container.sizes.values())
    if declared > _MAX_SPARSENESS * present + _SPARSE_SLACK_BYTES:
        raise SessionError(
            f"expected arrays that fit {present} bytes of files, got {declared} bytes in "
            f"{container.path}; the session is damaged or hostile, do not use it"
        )
