"""Zarr v3 array metadata: what we write, and what we accept."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from emgrig.errors import SessionError

__all__ = ["ArrayLayout", "array_metadata", "check_zstd_frame", "chunk_rows", "parse_metadata"]

# Every type that both ends of the session contract can read, and uint8 of foreign writers.
DTYPES = frozenset({"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8"})
MAX_CHANNELS = 4096
MAX_CHUNK_BYTES = 256 << 20
SPARE_CHUNK_BYTES = 32 << 20
"""A chunk may be longer than its array, as where a take ended early, by so much."""
MAX_ARRAY_BYTES = 64 << 30
_TARGET_CHUNK_BYTES = 1 << 20
_LARGEST_CHUNK_BYTES = 64 << 20
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """What the metadata of an array declares, checked.

    Attributes:
        shape: (n_samples,) or (n_samples, n_channels).
        chunk_shape: The same number of dimensions; channels are never split.
        dtype: NumPy short name.
        codecs: Names after the ``bytes`` codec, at most ``zstd`` and ``crc32c``.
    """

    shape: tuple[int, ...]
    chunk_shape: tuple[int, ...]
    dtype: str
    codecs: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        """Bytes of the whole array in memory."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    @property
    def chunk_bytes(self) -> int:
        """Bytes of one chunk in memory."""
        return math.prod(self.chunk_shape) * np.dtype(self.dtype).itemsize

    @property
    def n_chunks(self) -> int:
        """Chunks along the samples."""
        return -(-self.shape[0] // self.chunk_shape[0])

    def chunk_key(self, index: int) -> str:
        """Return the file name of a chunk inside the array's folder."""
        return f"c/{index}" + "/0" * (len(self.shape) - 1)


def chunk_rows(fs: float, row_bytes: int) -> int:
    """Return how many samples a chunk holds: a second, or more until it is worth a file.

    Whatever rate is declared, a chunk fits into memory.
    """
    row_bytes = max(1, row_bytes)
    second = min(int(fs), _LARGEST_CHUNK_BYTES // row_bytes)
    return max(1, second, _TARGET_CHUNK_BYTES // row_bytes)


def array_metadata(layout: ArrayLayout) -> bytes:
    """Return the ``zarr.json`` of an uncompressed little-endian array.

    EMG is mostly noise: zstd saves little, and costs the time that verification needs.
    """
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": layout.shape,
        "data_type": layout.dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": layout.chunk_shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0 if layout.dtype.startswith("float") else 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "attributes": {},
        "storage_transformers": [],
    }
    return json.dumps(document, indent=2).encode()


def parse_metadata(text: bytes, *, where: str, n_dimensions: int) -> ArrayLayout:
    """Return the layout of an array that is to be read.

    Raises:
        SessionError: It is not one that sessions hold, or is too large to be one.
    """
    try:
        document = json.loads(text)
        layout = ArrayLayout(
            shape=_sizes(document["shape"], n_dimensions, smallest=0),
            chunk_shape=_sizes(_chunk_shape(document), n_dimensions, smallest=1),
            dtype=_dtype(document["data_type"]),
            codecs=_codecs(document["codecs"]),
        )
        _check_format(document)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SessionError(
            f"expected the metadata of a {n_dimensions}-D Zarr v3 array in {where}, got "
            f"{text[:60]!r} ({type(error).__name__}: {error}); the session is damaged or foreign"
        ) from error
    _check_size(layout, where)
    return layout


def check_zstd_frame(head: bytes, n_bytes: int, where: str) -> None:
    """Refuse a compressed chunk that would grow beyond its declared size.

    Args:
        head: At least the first 18 bytes of the frame.
        n_bytes: What the array's metadata says that it holds.
        where: Named in the error.

    Raises:
        SessionError: The frame declares another size, or none.

    Source: RFC 8878, section 3.1.1, frame header.
    """
    declared = _zstd_content_size(head)
    if declared != n_bytes:
        raise SessionError(
            f"expected {n_bytes} bytes in a zstd frame, got {declared} in {where}; "
            "the session is damaged or hostile, do not use it"
        )


def _zstd_content_size(head: bytes) -> int | None:
    if len(head) < 6 or not head.startswith(_ZSTD_MAGIC):
        return None
    descriptor = head[4]
    flag, is_single, dictionary = descriptor >> 6, descriptor >> 5 & 1, descriptor & 3
    start = 5 + (not is_single) + (0, 1, 2, 4)[dictionary]
    width = (1 if is_single else 0, 2, 4, 8)[flag]
    if width == 0 or len(head) < start + width:
        return None
    # The two-byte form counts from 256.
    return int.from_bytes(head[start : start + width], "little") + (256 if flag == 1 else 0)


def _sizes(value: object, n: int, *, smallest: int) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) != n:
        raise ValueError(f"expected {n} sizes, got {value!r:.60}")
    if not all(type(size) is int and smallest <= size < 1 << 48 for size in value):
        raise ValueError(f"expected sizes >= {smallest}, got {value!r:.60}")
    return tuple(value)


def _chunk_shape(document: dict[str, Any]) -> object:
    grid = document["chunk_grid"]
    if grid["name"] != "regular":
        raise ValueError(f"expected a regular chunk grid, got {grid['name']!r:.60}")
    return grid["configuration"]["chunk_shape"]


def _dtype(value: object) -> str:
    if value not in DTYPES:
        raise ValueError(f"expected a data type of {sorted(DTYPES)}, got {value!r:.60}")
    return str(value)


def _codecs(value: list[dict[str, Any]]) -> tuple[str, ...]:
    names = tuple(codec["name"] for codec in value)
    if names[:1] != ("bytes",) or names[1:] not in ((), ("zstd",), ("crc32c",), ("zstd", "crc32c")):
        raise ValueError(f"expected codecs bytes, zstd, crc32c in this order, got {names!r:.80}")
    endian = value[0].get("configuration", {}).get("endian", "little")
    if endian != "little":
        raise ValueError(f"expected little-endian bytes, got {endian!r:.20}")
    return names[1:]


def _check_format(document: dict[str, Any]) -> None:
    encoding = document["chunk_key_encoding"]
    separator = encoding.get("configuration", {}).get("separator", "/")
    found = (document["zarr_format"], document["node_type"], encoding["name"], separator)
    if found != (3, "array", "default", "/"):
        raise ValueError(f"expected format 3, array, default, '/', got {found!r:.80}")
    if document.get("storage_transformers"):
        raise ValueError("expected no storage transformers")


def _check_size(layout: ArrayLayout, where: str) -> None:
    n_channels = layout.shape[1] if len(layout.shape) > 1 else 1
    limits = (
        ("channels", n_channels, MAX_CHANNELS),
        # A chunk is read as a whole, whatever the array holds of it.
        ("bytes in a chunk", layout.chunk_bytes, max(layout.n_bytes, SPARE_CHUNK_BYTES)),
        ("bytes in a chunk", layout.chunk_bytes, MAX_CHUNK_BYTES),
        ("bytes", layout.n_bytes, MAX_ARRAY_BYTES),
    )
    for what, size, limit in limits:
        if size > limit:
            raise SessionError(
                f"expected at most {limit} {what}, got {size} in {where}; "
                "the session is damaged or hostile, do not use it"
            )
    if layout.chunk_shape[1:] != layout.shape[1:]:
        raise SessionError(
            f"expected chunks over all channels {layout.shape}, got {layout.chunk_shape} "
            f"in {where}; write it again with one chunk per stretch of time"
        )
