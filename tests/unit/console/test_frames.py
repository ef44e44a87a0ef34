import struct

import numpy as np
import pytest
from emgrig_console.viewer.envelope import Columns
from emgrig_console.viewer.frames import View, pack_columns, parse_view


def test_the_header_says_what_follows() -> None:
    values = np.arange(8, dtype=np.float32).reshape(2, 2, 2)

    frame = pack_columns(7, 13, Columns(100, values))

    assert struct.unpack_from("<IIHHI", frame) == (7, 100, 2, 2, 13)
    assert np.array_equal(np.frombuffer(frame, "<f4", offset=16), values.ravel())


def test_a_page_says_what_it_shows() -> None:
    view = parse_view('{"track": "conditioned", "span_s": 2, "columns": 900, "channels": [0, 3]}')

    assert view == View(track="conditioned", span_s=2.0, columns=900, channels=(0, 3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"span_s": 1e9}',
        '{"span_s": NaN}',
        '{"columns": 0}',
        '{"track": "other"}',
        '{"channels": [-1]}',
        '{"more": 1}',
        '{"channels": [' + ",".join(["1"] * 600) + "]}",
        "[" * 20_000,
        " " * 20_000,
    ],
)
def test_anything_else_is_no_view(text) -> None:
    assert parse_view(text) is None
