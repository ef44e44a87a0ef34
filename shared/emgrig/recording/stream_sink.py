"""Write one stream of a session, chunk by chunk, as two Zarr arrays in an open archive."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.recording.zarr_arrays import ArrayLayout, array_metadata, chunk_rows

__all__ = ["StreamFormat", "StreamSink"]


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What the rows of a stream have in common.

    Attributes:
        n_channels: Columns.
        dtype: NumPy type, such as ``float32``.
        fs: Declared rate, Hz; 0 if the rows themselves must show it.
        channel_names: One per column, or empty.
    """

    n_channels: int
    dtype: str
    fs: float
    channel_names: Sequence[str] = ()


class StreamSink:
    """Takes the rows of one stream; memory holds one chunk of them."""

    def __init__(self, archive: zipfile.ZipFile, name: str, form: StreamFormat) -> None:
        self._archive, self._name, self._form = archive, name, form
        dtype = np.dtype(form.dtype).newbyteorder("<")
        rows = chunk_rows(form.fs, dtype.itemsize * form.n_channels)
        self._data = np.zeros((rows, form.n_channels), dtype)
        self._times = np.zeros(rows, "<f8")
        self._fill = 0
        self._n_chunks = 0

    @property
    def n_samples(self) -> int:
        """Rows so far."""
        return self._n_chunks * len(self._data) + self._fill

    def append(self, data: NDArray[Any], timestamps: NDArray[np.float64]) -> None:
        """Write rows (n, n_channels) with their times (n,), LSL seconds."""
        done = 0
        while done < len(data):
            n = min(len(data) - done, len(self._data) - self._fill)
            self._data[self._fill : self._fill + n] = data[done : done + n]
            self._times[self._fill : self._fill + n] = timestamps[done : done + n]
            self._fill += n
            done += n
            if self._fill == len(self._data):
                self._write_chunk()

    def close(self, fs: float = 0.0) -> dict[str, Any]:
        """Write what is left; return the stream's entry in meta.json.

        Args:
            fs: Rate for a stream that declares none, Hz. Readers need at least 1 (section 1).
        """
        n = self.n_samples
        self._write_rest()
        shape = (n, self._form.n_channels)
        for array, buffer, size in (
            ("", self._data, shape),
            ("_timestamps", self._times, shape[:1]),
        ):
            layout = ArrayLayout(size, buffer.shape, buffer.dtype.name, ())
            self._archive.writestr(f"{self._name}{array}.zarr/zarr.json", array_metadata(layout))
        return {
            "n_channels": self._form.n_channels,
            "fs": float(self._form.fs) or max(1.0, fs),
            "dtype": self._data.dtype.name,
            "channel_names": list(self._form.channel_names) or None,
            "channel_grids": None,
        }

    def _write_rest(self) -> None:
        if not self._fill:
            return
        if self._n_chunks:
            # The last chunk is stored in full; what is behind the last sample is fill value.
            self._data[self._fill :] = 0
            self._times[self._fill :] = 0
        else:
            # The only one need not be longer than the stream.
            self._data, self._times = self._data[: self._fill], self._times[: self._fill]
        self._write_chunk()

    def _write_chunk(self) -> None:
        index = self._n_chunks
        self._archive.writestr(f"{self._name}.zarr/c/{index}/0", self._data.tobytes())
        self._archive.writestr(f"{self._name}_timestamps.zarr/c/{index}", self._times.tobytes())
        self._n_chunks, self._fill = index + 1, 0
