"""Control services: our errors cross the wire as themselves, addresses in use are told."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from emgrig.control import (
    ControlClient,
    ControlServer,
    Servicer,
    predictor_pb2,
    predictor_pb2_grpc,
    trainer_pb2,
    trainer_pb2_grpc,
)
from emgrig.errors import (
    BundleError,
    HandError,
    PeerError,
    PeerLostError,
    RequestError,
    ServiceFault,
    SettingsError,
)
from emgrig.testing import free_ports


class Predictor(predictor_pb2_grpc.PredictorServicer):
    def __init__(self) -> None:
        self.error: Exception | None = None
        self.refused: list[str] = []
        self.waits: Callable[[], object] = lambda: None
        self.targets = ["index"]

    def GetPredictor(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.waits()
        if self.error is not None:
            raise self.error
        return predictor_pb2.PredictorStatus(model_id="m", targets=self.targets)


class Trainer(trainer_pb2_grpc.TrainerServicer):
    def Train(self, request: Any, context: Any) -> Any:  # noqa: N802
        yield trainer_pb2.TrainProgress(stage="windows")
        raise RequestError("expected a session, got none")


@pytest.fixture
def predictor() -> Predictor:
    return Predictor()


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_ports(1)[0]}"


@pytest.fixture
def client(address: str, predictor: Predictor) -> Iterator[ControlClient]:
    servicers = [
        Servicer(
            predictor_pb2_grpc.add_PredictorServicer_to_server,
            predictor,
            "emgrig.control.v1.Predictor",
        ),
        Servicer(
            trainer_pb2_grpc.add_TrainerServicer_to_server, Trainer(), "emgrig.control.v1.Trainer"
        ),
    ]
    server = ControlServer(address, "predictor", servicers, refuse=predictor.refused.append)
    with ControlClient("predictor", address) as client:
        yield client
    server.close(0)


def get(client: ControlClient) -> Any:
    return client.call("Predictor.GetPredictor", predictor_pb2.GetPredictorRequest())


def test_a_reply_comes_back(client: ControlClient) -> None:
    assert get(client).model_id == "m"


def test_a_list_that_grew_for_years_comes_back(client: ControlClient, predictor: Predictor) -> None:
    predictor.targets = 10_000 * ["a line of a list, " + 1_000 * "x"]

    assert len(get(client).targets) == 10_000


@pytest.mark.parametrize(
    ("raised", "expected", "reason"),
    [
        (RequestError("no such model"), RequestError, "request"),
        (BundleError("wrong hash"), RequestError, "request"),
        (HandError("silent"), PeerError, "peer"),
        (ServiceFault("broken"), PeerError, "fault"),
    ],
)
def test_our_errors_arrive_with_their_words_and_are_counted(
    client: ControlClient,
    predictor: Predictor,
    raised: Exception,
    expected: type[Exception],
    reason: str,
) -> None:
    predictor.error = raised

    with pytest.raises(expected, match=str(raised)):
        get(client)
    assert predictor.refused == [reason]


def test_a_stream_ends_with_its_error(client: ControlClient) -> None:
    stream = client.stream("Trainer.Train", trainer_pb2.TrainRequest())

    assert next(stream).stage == "windows"
    with pytest.raises(RequestError, match="expected a session"):
        next(stream)


def test_a_method_that_is_not_there_is_a_peer_error(client: ControlClient) -> None:
    with pytest.raises(PeerError):
        client.call("Predictor.Rollback", predictor_pb2.RollbackRequest())


def test_nobody_there_is_told_with_what_to_do(address: str) -> None:
    with (
        ControlClient("predictor", address) as client,
        pytest.raises(PeerLostError, match="start it"),
    ):
        get(client)


def test_a_call_after_the_end_of_the_connection_is_told(client: ControlClient) -> None:
    client.close()

    assert not client.is_serving()
    with pytest.raises(PeerLostError, match="got a closed one"):
        get(client)


def test_one_that_hangs_is_told_in_words_with_what_to_do(
    client: ControlClient, predictor: Predictor
) -> None:
    goes_on = threading.Event()
    predictor.waits = goes_on.wait
    request = predictor_pb2.GetPredictorRequest()

    with pytest.raises(PeerLostError, match="got none in time; see what it does") as caught:
        client.call("Predictor.GetPredictor", request, deadline_s=0.1)

    assert "DEADLINE" not in str(caught.value)
    goes_on.set()


def test_the_standard_health_service_says_when_it_is_ready(address: str) -> None:
    server = ControlServer(address, "predictor", [])
    with ControlClient("predictor", address) as client:
        assert not client.is_serving()
        server.set_serving(True)
        assert client.is_serving()
        server.close(0)
        assert not client.is_serving()


def test_an_address_in_use_is_told_with_what_to_do(client: ControlClient) -> None:
    with pytest.raises(SettingsError, match="stop the other rig"):
        ControlServer(client.address, "trainer", [])


@pytest.mark.parametrize("form", ["unix:{}", "unix://{}"])
def test_a_served_socket_file_is_not_taken_over(tmp_path: Path, form: str) -> None:
    address = form.format(tmp_path / "control" / "predictor")
    first = ControlServer(address, "predictor", [])
    try:
        with pytest.raises(SettingsError, match="served by another process"):
            ControlServer(address, "predictor", [])
    finally:
        first.close(0)


def test_a_socket_file_that_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected to listen on"):
        ControlServer(f"unix:{tmp_path / ('x' * 200)}", "predictor", [])


def test_a_request_over_the_limit_is_refused(client: ControlClient) -> None:
    with pytest.raises(PeerError, match=r"(?i)larger than max"):
        client.call("Trainer.Cancel", trainer_pb2.TrainRequest(sessions=["x" * (2 << 20)]))


def test_only_our_own_errors_are_translated(client: ControlClient, predictor: Predictor) -> None:
    predictor.error = KeyError("bug")

    with pytest.raises(PeerError) as raised:
        get(client)
    assert isinstance(raised.value.__cause__, grpc.RpcError)
