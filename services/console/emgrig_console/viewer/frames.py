"""What travels between the viewer of a page and the console.

To the page, binary, little-endian: ``generation`` uint32, ``first`` uint32 (number of the first
column), ``n_columns`` uint16, ``n_channels`` uint16, ``size`` uint32 (samples in a column), then
float32 ``(n_columns, n_channels, 2)``: min, max. To the page, text: one JSON object, what
`SignalFeed` tells of the whole stream. From the page, text: one JSON object with the keys of
`View`.
"""

import json
import struct
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emgrig_console.viewer.envelope import Columns

__all__ = ["MOST_CHANNELS", "View", "pack_columns", "parse_view"]

MOST_CHANNELS = 512
MOST_REQUEST_BYTES = 16_384
_HEADER = struct.Struct("<IIHHI")


class View(BaseModel):
    """What a page shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    track: Literal["raw", "conditioned"] = "raw"
    span_s: float = Field(
        default=5.0, ge=0.5, le=20.0, description="from the left to the right edge, s"
    )
    columns: int = Field(default=800, ge=50, le=4000, description="of pixels")
    channels: tuple[Annotated[int, Field(ge=0, lt=4096)], ...] | None = Field(
        default=None, max_length=MOST_CHANNELS, description="None for all"
    )


def parse_view(text: str) -> View | None:
    """Return what a page asks for; None where it is not a view."""
    if len(text) > MOST_REQUEST_BYTES:
        return None
    try:
        return View.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        return None


def pack_columns(generation: int, size: int, columns: Columns) -> bytes:
    """Return the binary message of some columns."""
    n_columns, n_channels, _ = columns.values.shape
    header = _HEADER.pack(generation, columns.first, n_columns, n_channels, size)
    return header + columns.values.astype("<f4", copy=False).tobytes()
