"""Whoever holds calls of a service open holds up nobody who calls something else: Stop, Rest."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from emgrig.control import ControlClient, HandV1Client, HandV2Client, hand_pb2, recorder_pb2
from emgrig.errors import RequestError
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig_virtual_hand.config import VirtualHandSettings
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.deadlines import MS

type Call = Callable[[grpc.Channel], Any]

AT_ONCE = 20
WORKED_ON = 8
"""Calls of one method that a service works on or refuses at once; more of them wait."""
SOON_S = 2000 * MS
LONG_BYTES = 64 << 20
"""More than the network holds for somebody who does not read."""


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    rig = make_rig(tmp_path_factory.mktemp("recorder"), {"recorder": {"sources": []}})
    rig.sessions_dir.mkdir(parents=True)
    # A hole: no disk is used.
    with (rig.sessions_dir / "long.session.zip").open("wb") as session:
        session.truncate(LONG_BYTES)
    with running("recorder", rig) as process:
        yield process


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with running("vhi-bridge", make_rig(tmp_path_factory.mktemp("bridge"))) as process:
        yield process


@contextmanager
def ended(calls: list[Any]) -> Iterator[list[Any]]:
    """End calls with the block."""
    yield calls
    for call in calls:
        call.cancel()


@contextmanager
def held(process: Process, make: Call) -> Iterator[list[Any]]:
    """Hold calls open as long as the block runs."""
    with (
        grpc.insecure_channel(process.client.address) as channel,
        ended([make(channel) for _ in range(AT_ONCE)]) as calls,
    ):
        yield calls


def unread_download(channel: grpc.Channel) -> Any:
    method = channel.unary_stream("/emgrig.control.v1.Recorder/DownloadSession", None, None)
    return method(recorder_pb2.SessionRequest(session="long").SerializeToString())


def idle_reflection(channel: grpc.Channel) -> Any:
    gone = threading.Event()

    def asked() -> Iterator[Any]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")
        gone.wait()

    call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(asked())
    call.add_callback(gone.set)
    return call


def health_watch(channel: grpc.Channel) -> Any:
    return health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())


def half_a_call(channel: grpc.Channel, name: str = "emgrig.control.v1.Process/GetStatus") -> Any:
    """Name a method, and never say what is asked of it."""
    gone = threading.Event()

    def asked() -> Iterator[bytes]:
        gone.wait()
        yield from ()

    method = channel.stream_unary(f"/{name}", None, None)
    call = method.future(asked())
    call.add_done_callback(lambda _: gone.set())
    return call


def wait_worked_on(calls: list[Any]) -> None:
    for call in calls[:WORKED_ON]:
        call.initial_metadata()


def rest(client: ControlClient) -> None:
    request = hand_pb2.CueGestureRequest(name="Rest")
    reply = client.call("Hand.CueGesture", request, deadline_s=SOON_S)
    assert not reply.applied  # there is no hand, and that is said at once


def discard(client: ControlClient) -> None:
    with pytest.raises(RequestError, match="expected a running recording"):
        client.call("Recorder.Discard", recorder_pb2.DiscardRecordingRequest(), deadline_s=SOON_S)


@pytest.mark.parametrize("make", [idle_reflection, health_watch])
def test_a_rest_gets_through_beside_streams_that_idle(bridge: Process, make: Call) -> None:
    with held(bridge, make) as calls:
        wait_worked_on(calls)

        rest(bridge.client)


@pytest.mark.parametrize("make", [idle_reflection, health_watch, unread_download])
def test_a_discard_gets_through_beside_streams_that_nobody_reads(
    recorder: Process, make: Call
) -> None:
    with held(recorder, make) as calls:
        wait_worked_on(calls)

        discard(recorder.client)


def test_a_rest_gets_through_beside_calls_that_are_never_finished(bridge: Process) -> None:
    with held(bridge, half_a_call):
        for _ in range(AT_ONCE):
            rest(bridge.client)


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        ("v1", "myogestic.vhi.v1.VhiControl/GetState"),
        ("v2", "myogestic.remote.RemoteControl/GetControlManifest"),
    ],
)
def test_a_hand_is_rested_beside_calls_that_are_never_finished(tmp_path, protocol, name) -> None:
    rig = make_rig(tmp_path, {"virtual-hand": {"protocol": protocol}})
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    client = (HandV1Client if protocol == "v1" else HandV2Client)("127.0.0.1", port)
    with (
        running("virtual-hand", rig),
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
        ended([half_a_call(channel, name) for _ in range(AT_ONCE)]),
    ):
        for _ in range(AT_ONCE):
            if isinstance(client, HandV1Client):
                assert client.set_movement("Rest").applied
            else:
                assert client.set_control(discrete={"vhi.control.gesture": "Rest"}).applied
    client.close()


def test_a_download_too_many_is_refused_in_words_until_another_ends(recorder: Process) -> None:
    request = recorder_pb2.SessionRequest(session="long")
    refusals = []

    def is_complete() -> bool:
        try:
            pieces = list(recorder.client.stream("Recorder.DownloadSession", request))
        except RequestError as error:
            refusals.append(str(error))
            return False
        return sum(len(piece.data) for piece in pieces) == LONG_BYTES

    with held(recorder, unread_download) as calls:
        wait_worked_on(calls)
        assert not is_complete()
        # One of two is held for sure: only one of those that were worked on was refused.
        for call in calls[:2]:
            call.cancel()
        wait_until(is_complete, 10)

    assert "expected at most 7 streams of" in refusals[0]


def test_the_health_service_tells_a_watcher_at_once(bridge: Process) -> None:
    with grpc.insecure_channel(bridge.client.address) as channel:
        call = health_watch(channel)

        assert next(call).status == health_pb2.HealthCheckResponse.SERVING
        call.cancel()


def test_sigterm_ends_a_service_whose_streams_are_held(tmp_path) -> None:
    with running("vhi-bridge", make_rig(tmp_path)) as process, held(process, idle_reflection):
        assert process.stop(8) == 0
