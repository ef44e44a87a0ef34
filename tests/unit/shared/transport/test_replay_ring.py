"""The replay ring is bounded, and answers only what is a request."""

import msgpack
import numpy as np
import pytest
from emgrig.messages import Message, encode_frames, pack_timestamps
from emgrig.transport.replay import ReplayRing, parse_request

TOPIC = "chunk/emg"


def kept(seq: int, topic: str = TOPIC, size: int = 1) -> Message:
    data = np.zeros((size, 1), np.float32)
    fields = {"timestamps": pack_timestamps(np.zeros(size)), "channel_names": []}
    return Message(topic=topic, source="s", epoch="e", seq=seq, data=data, fields=fields)


def test_the_ring_is_bounded_in_bytes() -> None:
    ring = ReplayRing(ring_bytes=10_000)
    for seq in range(100):
        ring.append(kept(seq, size=50), encode_frames(kept(seq, size=50)))

    assert ring.n_bytes <= 10_000
    page = ring.page(TOPIC, 0, 1 << 60)
    assert page.next_seq == 100
    assert page.is_last
    assert 0 < len(page.frames) < 20


def test_the_ring_is_bounded_in_time() -> None:
    ring = ReplayRing(ring_s=0.0)
    ring.append(kept(0), encode_frames(kept(0)))
    ring.append(kept(1), encode_frames(kept(1)))

    assert len(ring.page(TOPIC, 0, 9).frames) <= 1


def test_the_ring_keeps_nothing_of_the_hot_path() -> None:
    ring = ReplayRing()
    message = Message(topic="window/emg", source="s", epoch="e", seq=0, data=np.zeros((1, 1)))
    ring.append(message, (b"", b"", b""))

    assert ring.n_bytes == 0
    assert ring.page("window/emg", 0, 9).frames == []


@pytest.mark.parametrize(
    ("request_frames", "reason"),
    [
        ([], "decode"),
        ([b"\xc1"], "decode"),
        ([b"a", b"b"], "decode"),
        ([msgpack.packb([1])], "decode"),
        ([msgpack.packb({"topic": 1, "epoch": "", "first": 0, "last": 1})], "fields"),
        ([msgpack.packb({"topic": TOPIC, "epoch": "", "first": -1, "last": 1})], "fields"),
        ([msgpack.packb({"topic": TOPIC, "epoch": "", "first": 2, "last": 1})], "fields"),
        ([msgpack.packb({"topic": TOPIC, "epoch": "", "first": 0.0, "last": 1})], "fields"),
    ],
)
def test_a_replay_request_that_is_none_is_refused_with_the_reason(
    request_frames: list[bytes], reason: str
) -> None:
    assert parse_request(request_frames) == reason
