"""Whatever is asked of a control service is answered, and no name in a request reaches the disk."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import zmq
from emgrig.config import Rig
from emgrig.control import acquirer_pb2, hand_pb2, predictor_pb2, recorder_pb2, trainer_pb2
from emgrig.testing import Process, make_rig, running, wait_until
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SERVED: dict[str, tuple[str, Any]] = {
    "emg-acquirer": ("Acquirer", acquirer_pb2),
    "predictor": ("Predictor", predictor_pb2),
    "recorder": ("Recorder", recorder_pb2),
    "trainer": ("Trainer", trainer_pb2),
    "vhi-bridge": ("Hand", hand_pb2),
}
# NUL, a wildcard, ways up and out, a name nobody has room for.
NAMES = ("../../etc/passwd", "/etc/passwd", "x" * 70_000, "*", "", "\0", ".", "a.session.zip")
REFUSED = (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT)
ANYTHING = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


class Caller:
    """Calls a process with bytes, whatever they mean."""

    def __init__(self, process: Process, rig: Rig) -> None:
        self.process = process
        self.rig = rig
        service, module = SERVED[process.name]
        descriptor = module.DESCRIPTOR.services_by_name[service]
        self.methods = sorted(method.name for method in descriptor.methods)
        self._streamed = {m.name for m in descriptor.methods if m.server_streaming}
        self._prefix = f"/{descriptor.full_name}"
        self._channel = grpc.insecure_channel(rig.endpoints(process.name).control)

    def call(self, method: str, request: bytes) -> grpc.StatusCode:
        """Return how a call ended."""
        path = f"{self._prefix}/{method}"
        try:
            if method in self._streamed:
                list(self._channel.unary_stream(path, None, None)(request, timeout=20))
            else:
                self._channel.unary_unary(path, None, None)(request, timeout=20)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    def close(self) -> None:
        self._channel.close()


@pytest.fixture(scope="module", params=sorted(SERVED))
def caller(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Caller]:
    rig = make_rig(tmp_path_factory.mktemp(request.param), {"recorder": {"sources": []}})
    with running(request.param, rig) as process:
        caller = Caller(process, rig)
        yield caller
        caller.close()


of_the_recorder = pytest.mark.parametrize("caller", ["recorder"], indirect=True)


@ANYTHING
@given(data=st.data())
def test_a_request_of_any_bytes_is_answered(caller: Caller, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(caller.methods))
    code = caller.call(method, data.draw(st.binary(max_size=60)))

    # gRPC itself says INTERNAL to bytes that are no request; UNKNOWN would be our crash.
    assert code not in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED), method
    assert caller.process.popen.poll() is None


@ANYTHING
@given(data=st.data(), text=st.sampled_from(NAMES) | st.text(), number=st.floats())
def test_a_request_of_any_values_is_answered(
    caller: Caller, data: st.DataObject, text: str, number: float
) -> None:
    service, module = SERVED[caller.process.name]
    method = data.draw(st.sampled_from(caller.methods))
    kind = module.DESCRIPTOR.services_by_name[service].methods_by_name[method].input_type
    request = getattr(module, kind.name)()
    for field in kind.fields:
        if field.type == field.TYPE_STRING and not field.is_repeated:
            setattr(request, field.name, text)
        elif field.type in (field.TYPE_DOUBLE, field.TYPE_FLOAT) and not field.is_repeated:
            setattr(request, field.name, number)
    code = caller.call(method, request.SerializeToString())

    assert code not in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED), request
    assert caller.process.popen.poll() is None


@of_the_recorder
@pytest.mark.parametrize("method", ["ShowSession", "RenameSession", "DeleteSession"])
def test_no_name_in_a_request_reaches_the_disk(caller: Caller, method: str) -> None:
    for name in NAMES:
        request = recorder_pb2.RenameSessionRequest(session=name, take_name="../up")
        assert caller.call(method, request.SerializeToString()) in REFUSED, name


@of_the_recorder
def test_a_label_of_no_time_is_refused(caller: Caller) -> None:
    caller.call("Discard", b"")
    start = recorder_pb2.StartRecordingRequest(take_name="x" * 1000)
    assert caller.call("Start", start.SerializeToString()) == grpc.StatusCode.OK
    for t in (float("nan"), float("inf"), -1e300):
        label = recorder_pb2.LabelRequest(class_name="Fist", t=t)
        assert caller.call("Label", label.SerializeToString()) in REFUSED
    assert caller.call("Discard", b"") == grpc.StatusCode.OK


def counted(process: Process, name: str) -> int:
    return int(process.status().counters.get(name, 0))


def test_every_command_that_is_refused_is_counted_by_its_reason(caller: Caller) -> None:
    words = bytes([0x0A, 0x01, 0xFF])  # field 1, one byte of text that is not UTF-8
    method = next(m for m in caller.methods if caller.call(m, words) == grpc.StatusCode.INTERNAL)
    before = counted(caller.process, "refused_commands_decode")
    for _ in range(3):
        caller.call(method, words)

    wait_until(lambda: counted(caller.process, "refused_commands_decode") == before + 3, 5)


@of_the_recorder
def test_every_name_that_is_refused_is_counted(caller: Caller) -> None:
    before = counted(caller.process, "refused_commands_request")
    for name in NAMES:
        caller.call("ShowSession", recorder_pb2.SessionRequest(session=name).SerializeToString())

    expected = before + len(NAMES)
    wait_until(lambda: counted(caller.process, "refused_commands_request") == expected, 5)


@of_the_recorder
def test_every_replay_that_is_refused_is_counted_by_its_reason(caller: Caller) -> None:
    with zmq.Context() as context, context.socket(zmq.DEALER) as asker:
        asker.connect(caller.rig.endpoints("recorder").replay)
        for request in (b"\xc1", b"\x80", b"\x80"):  # no MessagePack, twice a map of nothing
            asker.send(request)
        wait_until(lambda: counted(caller.process, "refused_replays_fields") == 2, 5)
    assert counted(caller.process, "refused_replays_decode") == 1


def test_a_request_beyond_the_limit_is_refused(caller: Caller) -> None:
    code = caller.call(caller.methods[0], bytes(2 << 20))

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
