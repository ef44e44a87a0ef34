"""Whatever comes over a socket ends as a message or as a refusal with a reason: Hypothesis."""

import json
import threading
from pathlib import Path
from typing import Any

import msgpack
import pytest
import zmq
from emgrig.config import Rig
from emgrig.dsp import Conditioning, FeatureSpec
from emgrig.errors import ConfigError, FrameError
from emgrig.messages import decode_frames, encode_frames
from emgrig.recording.records import encode_message
from emgrig.testing import make_rig
from emgrig.transport import Publisher
from emgrig.transport.backfill import Backfiller
from emgrig.transport.replay import parse_request
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden.messages import MESSAGES

PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
VALUES = st.recursive(
    PLAIN | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FAST = settings(max_examples=300, deadline=None)


def packed(value: Any) -> bytes:
    content: bytes = msgpack.packb(value)
    return content


@FAST
@given(st.sampled_from(sorted(MESSAGES)), st.data())
def test_a_header_of_any_values_is_refused_or_gives_a_message_that_can_go_on(
    name: str, data: st.DataObject
) -> None:
    """What is accepted must be fit for the journal and for the JSON of a session."""
    topic, header, payload = encode_frames(MESSAGES[name])
    document = msgpack.unpackb(header)
    keys = st.sampled_from(sorted(document)) | st.text(max_size=8)
    document |= data.draw(st.dictionaries(keys, VALUES, min_size=1, max_size=3))
    try:
        message = decode_frames([topic, packed(document), payload])
    except FrameError:
        return

    assert encode_frames(message)
    assert encode_message(message)
    assert json.dumps(dict(message.fields), default=str)
    assert 0 <= round(max(0.0, message.t_last) * 1e9) < 2**64


@FAST
@given(st.text(), st.binary(max_size=200), st.binary(max_size=64))
def test_any_three_frames_are_refused_or_a_message(topic: str, header: bytes, data: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frames([topic.encode("utf-8", "replace"), header, data])


@pytest.mark.parametrize(
    "header",
    [
        b"\xdd\x00\x0f\xff\xff" * 500 + b"\xc0" * 100_000,
        b"\x91" * 200_000,
        b"\x81\xa1a" * 2000 + b"\xc0",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
    ],
)
def test_a_header_that_declares_more_than_it_holds_makes_no_room_for_it(header: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frames([b"window/emg", header, b""])


@FAST
@given(VALUES)
def test_a_specification_of_any_values_is_refused_or_used(document: Any) -> None:
    for read in (FeatureSpec.from_dict, Conditioning.from_dict):
        try:
            read(document)
        except ConfigError:
            continue


@FAST
@given(st.lists(st.binary(max_size=64), max_size=3) | st.builds(lambda v: [packed(v)], VALUES))
def test_a_replay_request_of_any_bytes_is_refused_or_understood(frames: list[bytes]) -> None:
    request = parse_request(frames)

    assert isinstance(request, str) or 0 <= request[2] <= request[3]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path)


KEY = ("emg-acquirer", "chunk/emg")


def answer(socket: zmq.Socket, frames: list[bytes]) -> None:
    peer, _ = socket.recv_multipart()
    socket.send_multipart([peer, *frames])


@pytest.mark.parametrize(
    "frames",
    [
        [b"end"],
        [b"end", b"\xc1"],
        [b"end", packed([1])],
        [b"end", packed({"epoch": "e", "next_seq": -5, "is_last": False})],
        [b"end", packed({"epoch": "e", "next_seq": 9, "is_last": False})],
        [b"end", packed({"epoch": "e", "next_seq": 2**64 - 1, "is_last": 0})],
        [b"message", b"junk"],
        [b"message", *encode_frames(MESSAGES["log"])],
    ],
)
def test_a_replay_answer_of_any_form_ends_the_asking(rig: Rig, frames: list[bytes]) -> None:
    address = rig.endpoints("emg-acquirer").replay
    with zmq.Context.instance().socket(zmq.ROUTER) as socket:
        socket.bind(address)
        helper = threading.Thread(target=answer, args=(socket, frames))
        helper.start()
        found = Backfiller({"emg-acquirer": address}).ask(KEY, "e", 0, 99)
        helper.join()

    assert found is None or found.messages == []


def test_a_replay_server_survives_any_request(rig: Rig) -> None:
    publisher = Publisher(rig.endpoints("emg-acquirer"), "emg-acquirer")
    publisher.send("event/cue", fields={"name": "Fist"})
    honest = packed({"topic": "event/cue", "epoch": "", "first": 0, "last": 0})
    with zmq.Context.instance().socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(rig.endpoints("emg-acquirer").replay)
        for request in ([b""], [b"\xc1"], [b"\x91" * 1024], [b"a", b"b"], [packed({"first": []})]):
            socket.send_multipart(request)
        socket.send(honest)

        assert socket.poll(5000)
        assert socket.recv_multipart()[0] == b"message"
    publisher.close()
