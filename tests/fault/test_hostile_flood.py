"""100,000 mutated messages against live processes: none dies, hangs or swells; all are counted."""

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import zmq
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.messages import Message, encode_frames
from emgrig.recording import verify_session
from emgrig.testing import Process, make_rig, running, wait_until

from tests.amplifier import stop_take
from tests.fault.mutations import Frames, Mutator, base, expected_refusals
from tests.integration.decoding_rig import make_bundle

N_PER_PROCESS = 25_000
N_AT_ONCE = 5_000
"""What is sent and not read yet waits in libzmq, 200,000 messages at most; all 25,000 of a recorder
that has no processor are 49 MB, which malloc may keep."""
MAX_GROWTH_MB = 50
SEED = 3


class Target(NamedTuple):
    """A process, who it listens to, and what it is sent."""

    name: str
    source: str
    topics: list[str]
    kinds: list[str]


TARGETS = [
    Target("feature-extractor", "emg-acquirer", ["window/emg"], ["window"]),
    Target("predictor", "feature-extractor", ["features/emg"], ["features"]),
    Target("vhi-bridge", "predictor", ["prediction/hand"], ["prediction"]),
    Target(
        "recorder",
        "vhi-bridge",
        ["chunk/", "event/", "prediction/", "pose/", "health/"],
        ["chunk", "chunk_int16", "event", "prediction", "pose", "health"],
    ),
]
"""vhi-bridge stands for the recorder's producers; the real one then publishes elsewhere."""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    bundle = make_bundle(tmp_path / "data" / "models")
    tables = {
        "rig": {"data_dir": "data"},
        "predictor": {"model_id": bundle.id},
        "recorder": {"sources": ["vhi-bridge"]},
    }
    return make_rig(tmp_path, tables)


@pytest.fixture
def sockets() -> Iterator[list[zmq.Socket]]:
    opened: list[zmq.Socket] = []
    yield opened
    for socket in opened:
        socket.close(linger=0)


def bind(address: str, sockets: list[zmq.Socket]) -> zmq.Socket:
    """Take the place of a producer that sends faster than anybody reads."""
    socket = zmq.Context.instance().socket(zmq.XPUB)
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.bind(address)
    sockets.append(socket)
    return socket


def wait_subscribed(socket: zmq.Socket, topics: list[str]) -> None:
    wanted = {b"\x01" + topic.encode() for topic in topics}
    while wanted:
        assert socket.poll(20_000), f"nobody subscribes to {wanted}"
        wanted.discard(socket.recv())


def hostile(target: Target, n: int) -> Iterator[Frames]:
    mutators = [
        Mutator(base(kind, source=target.source), SEED + number)
        for number, kind in enumerate(target.kinds)
    ]
    for mutator in itertools.islice(itertools.cycle(mutators), n):
        yield mutator.frames()


def refused(process: Process) -> Counter[str]:
    ledger = process.status().ledger
    reasons = dict(ledger["invalid"]["refused"]) if "invalid" in ledger else {}
    return Counter({reason: int(n) for reason, n in reasons.items()})


def flood(
    target: Target, process: Process, socket: zmq.Socket, frames: list[Frames], known: list[Frames]
) -> None:
    """Send messages and wait until every refusal among them is counted by its reason."""
    for message in frames:
        socket.send_multipart(message)
    known += frames
    expected = expected_refusals(known, [target.source], target.topics)
    wait_until(
        lambda: refused(process) == expected,
        60,
        lambda: f"{target.name}: expected {expected}, got {refused(process)}",
    )


def is_balanced(process: Process) -> bool:
    for entry in dict(process.status().ledger).values():
        parts = [entry["used"], *dict(entry["skipped"]).values(), *dict(entry["refused"]).values()]
        if entry["received"] != sum(parts):
            return False
    return True


@pytest.mark.timeout(180)
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_process_survives_whatever_its_producer_sends(
    rig: Rig, sockets: list[zmq.Socket], target: Target, record_testsuite_property
) -> None:
    socket = bind(rig.endpoints(target.source).publish, sockets)
    with ExitStack() as stack:
        process = stack.enter_context(running(target.name, rig))
        wait_subscribed(socket, target.topics)
        if target.name == "recorder":
            process.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest())
        known: list[Frames] = []
        before_mb = process.status().rss_mb

        for frames in itertools.batched(hostile(target, N_PER_PROCESS), N_AT_ONCE):
            flood(target, process, socket, list(frames), known)

        growth_mb = process.status().rss_mb - before_mb
        record_testsuite_property(f"growth_mb of {target.name}", round(growth_mb, 1))
        assert growth_mb < MAX_GROWTH_MB
        assert process.popen.poll() is None
        wait_until(lambda: is_balanced(process), 5, lambda: str(process.status().ledger))
        if target.name == "recorder":
            assert verify_session(Path(stop_take(process).path)).is_sound


def test_a_frame_beyond_all_limits_costs_the_sender_its_connection(
    rig: Rig, sockets: list[zmq.Socket]
) -> None:
    """It must not be made room for: the connection ends, and the next message comes anew."""
    target = TARGETS[2]
    socket = bind(rig.endpoints(target.source).publish, sockets)
    with running(target.name, rig) as process:
        wait_subscribed(socket, target.topics)
        before_mb = process.status().rss_mb

        socket.send_multipart([target.topics[0].encode(), b"", bytes(80 << 20)])
        wait_subscribed(socket, target.topics)
        sound: Message = base("prediction", source=target.source)
        socket.send_multipart(encode_frames(sound))

        wait_until(lambda: target.topics[0] in process.status().ledger, 10)
        assert process.status().rss_mb - before_mb < MAX_GROWTH_MB
