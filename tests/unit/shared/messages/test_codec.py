"""What goes over the wire comes back, and what is not a message is refused by name."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgpack
import numpy as np
import pytest
from emgrig.errors import (
    FrameChecksumError,
    FrameDecodeError,
    FrameError,
    FrameSizeError,
    FrameVersionError,
)
from emgrig.messages import MAX_HEADER_BYTES, Kind, Message, decode_frames, encode_frames
from hypothesis import given
from hypothesis import strategies as st

GOLDEN = Path(__file__).parents[3] / "golden"


def golden_messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_messages", GOLDEN / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WIRE = golden_messages()
MESSAGES: dict[str, Message] = WIRE.MESSAGES
DOCUMENT = json.loads((GOLDEN / "wire_v1.json").read_text())
ACCEPTED, REFUSED = DOCUMENT["accepted"], DOCUMENT["refused"]


def frames_with(name: str = "window", payload: bytes | None = None, **changes: Any) -> list[bytes]:
    """Return the frames of a golden message with some header keys changed; None removes one."""
    topic, header, data = WIRE.changed(name, **changes)
    return [topic, header, data if payload is None else payload]


def test_there_is_a_golden_message_for_every_kind() -> None:
    assert ACCEPTED.keys() == MESSAGES.keys()
    assert {message.kind for message in MESSAGES.values()} == set(Kind)


@pytest.mark.parametrize(
    ("reason", "frames"), [(reason, one) for reason, found in REFUSED.items() for one in found]
)
def test_frames_that_were_ever_refused_are_refused(reason: str, frames: list[str]) -> None:
    with pytest.raises(FrameError) as raised:
        decode_frames([bytes.fromhex(frame) for frame in frames])

    assert raised.value.reason == reason


def test_the_refused_frames_are_those_of_the_golden_messages() -> None:
    assert {
        reason: [[part.hex() for part in frames] for frames in found]
        for reason, found in WIRE.refused().items()
    } == REFUSED


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_has_the_same_bytes_as_ever(name: str) -> None:
    assert [frame.hex() for frame in encode_frames(MESSAGES[name])] == ACCEPTED[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_comes_back_as_it_was(name: str) -> None:
    sent, came = MESSAGES[name], decode_frames([bytes.fromhex(f) for f in ACCEPTED[name]])

    np.testing.assert_array_equal(came.data, sent.data)
    assert came.data.dtype == sent.data.dtype
    for key in ("topic", "source", "epoch", "seq", "t_first", "t_last", "fs", "trace", "fields"):
        assert getattr(came, key) == getattr(sent, key)


def test_chunk_time_stamps_are_an_array() -> None:
    chunk = decode_frames(encode_frames(MESSAGES["chunk"]))

    np.testing.assert_array_equal(chunk.timestamps, [100.0, 100.5])
    assert (chunk.kind, chunk.stream) == ("chunk", "emg")


def test_another_wire_version_is_refused_with_both_versions() -> None:
    with pytest.raises(FrameVersionError, match="expected wire version 1, got 2") as raised:
        decode_frames(frames_with(v=2))

    assert (raised.value.expected, raised.value.got) == (1, 2)


@pytest.mark.parametrize("key", ["class", "class_index"])
def test_a_gesture_that_does_not_say_its_class_is_refused(key: str) -> None:
    with pytest.raises(FrameDecodeError, match=f"header key '{key}' of prediction/gesture"):
        decode_frames(frames_with("prediction_gesture", **{key: None}))


def test_a_damaged_payload_is_refused() -> None:
    topic, header, payload = encode_frames(MESSAGES["window"])

    with pytest.raises(FrameChecksumError, match="damaged on its way"):
        decode_frames([topic, header, bytes(len(payload))])


def test_a_header_over_the_limit_is_refused_on_both_sides() -> None:
    topic, _, payload = encode_frames(MESSAGES["window"])
    with pytest.raises(FrameSizeError, match=f"at most {MAX_HEADER_BYTES} bytes"):
        decode_frames([topic, bytes(MAX_HEADER_BYTES + 1), payload])
    big = Message(topic="log/x", source="x", epoch="e", seq=0, fields={"event": "x" * (1 << 20)})
    with pytest.raises(FrameSizeError):
        encode_frames(big)


def test_an_array_type_that_the_wire_does_not_have_is_refused_before_it_is_sent() -> None:
    message = Message(topic="log/x", source="x", epoch="e", seq=0, data=np.zeros(1, np.complex128))
    with pytest.raises(FrameDecodeError, match="convert the array"):
        encode_frames(message)


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([b"window/emg", b""], "expected 3 frames"),
        ([b"nonsense/emg", b"", b""], "expected a topic kind/stream"),
        ([b"window/" + b"x" * 200, b"", b""], "expected a topic kind/stream"),
        ([b"window/../etc", b"", b""], "expected a topic kind/stream"),
        ([b"\xff/emg", b"", b""], "expected a topic kind/stream"),
        ([b"window/emg", b"\xc1", b""], "expected a MessagePack map"),
        ([b"window/emg", b"\x91" * 5000, b""], "expected a MessagePack map"),
        ([b"window/emg", msgpack.packb([1]), b""], "expected a map as the header"),
        (frames_with(seq=None), "in header key 'seq'"),
        (frames_with(seq=-1), "in header key 'seq'"),
        (frames_with(seq=True), "in header key 'seq'"),
        (frames_with(source="x" * 65), "in header key 'source'"),
        (frames_with(t_last=float("nan")), "in header key 't_last'"),
        (frames_with(fs=-1.0), "in header key 'fs'"),
        (frames_with(dtype="<c16"), "in header key 'dtype'"),
        (frames_with(dtype=["<f4"]), "in header key 'dtype'"),
        (frames_with(dtype="|O"), "in header key 'dtype'"),
        (frames_with(dtype="<i4"), "in header key 'dtype'"),
        (frames_with("prediction", dtype="<i4"), "in header key 'dtype'"),
        (frames_with("prediction", targets=["index"]), "a name in 'targets' for each of 2 values"),
        (frames_with("event", class_index=None), "in header key 'class_index'"),
        (frames_with("event", t="now"), "in header key 't'"),
        (frames_with(shape=[2, 2, 2, 2]), "in header key 'shape'"),
        (frames_with(shape=[1 << 40, 2]), "expected a payload of"),
        (frames_with(shape=[1, 1 << 40]), "expected `int` <= 4096"),
        (frames_with(shape=[6]), "expected `array` of length 2"),
        (frames_with(trace=[["a", 1]]), "in header key 'trace'"),
        (frames_with(trace=[["", 1, 2]]), "in header key 'trace'"),
        (frames_with(trace=[["a", 1, 2.5]]), "in header key 'trace'"),
        (frames_with(trace=[["a", 1, 2]] * 17), "expected `array` of length <= 16"),
        (frames_with(payload=b"\0"), "expected a payload of 24 bytes"),
        (frames_with(conditioning=None), "header key 'conditioning'"),
        (frames_with("features", spec_id=3), "header key 'spec_id'"),
        (frames_with("chunk", timestamps=b"12345678"), "expected 2 float64 time stamps"),
    ],
)
def test_what_is_not_a_message_is_refused(frames: list[bytes], words: str) -> None:
    with pytest.raises(FrameDecodeError, match=words):
        decode_frames(frames)


@given(st.lists(st.binary(max_size=64), max_size=4))
def test_random_frames_raise_nothing_but_frame_errors(frames: list[bytes]) -> None:
    with pytest.raises(FrameError):
        decode_frames(frames)


@given(
    st.sampled_from(sorted(MESSAGES)),
    st.integers(0, 2),
    st.integers(0, 10_000),
    st.integers(0, 255),
)
def test_one_changed_byte_is_refused_or_gives_a_message(
    name: str, frame: int, place: int, value: int
) -> None:
    frames = [bytearray(part) for part in encode_frames(MESSAGES[name])]
    if frames[frame]:
        frames[frame][place % len(frames[frame])] = value
    try:
        message = decode_frames([bytes(part) for part in frames])
    except FrameError:
        return
    assert encode_frames(message)
