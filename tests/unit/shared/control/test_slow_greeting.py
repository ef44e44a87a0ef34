"""A process that is slow to greet, on a busy machine or network, is not taken for gone."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from emgrig.control import (
    ControlClient,
    ControlServer,
    HandAck,
    HandV1Client,
    Servicer,
    process_pb2,
    process_pb2_grpc,
    serve_hand_v1,
)
from emgrig.testing import free_ports

GREETING_S = 0.8
"""Longer than the longest pause between two attempts."""


class Process(process_pb2_grpc.ProcessServicer):
    def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        return process_pb2.ProcessStatus(name="x")


@pytest.fixture
def behind() -> int:
    """A port of whoever answers."""
    return free_ports(1)[0]


@pytest.fixture
def slow(behind: int) -> Iterator[int]:
    """A port that takes a connection at once, and passes on a while later what came."""
    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = threading.Thread(target=carry_late, args=(listener, behind, ends))
        relay.start()
        yield listener.getsockname()[1]
        for end in ends:
            with suppress(OSError):  # it has ended
                end.shutdown(socket.SHUT_RDWR)
        relay.join()


def carry_late(listener: socket.socket, to_port: int, ends: list[socket.socket]) -> None:
    near, _ = listener.accept()
    with near, socket.create_connection(("127.0.0.1", to_port)) as far:
        ends += [near, far]
        threading.Event().wait(GREETING_S)
        answers = threading.Thread(target=carry, args=(far, near))
        answers.start()
        carry(near, far)
        answers.join()


def carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)


def test_a_process_that_greets_late_is_heard(behind: int, slow: int) -> None:
    process = Servicer(
        process_pb2_grpc.add_ProcessServicer_to_server, Process(), "emgrig.control.v1.Process"
    )
    with (
        closing(ControlServer(f"127.0.0.1:{behind}", "x", [process])),
        ControlClient("x", f"127.0.0.1:{slow}") as client,
    ):
        assert client.call("Process.GetStatus", process_pb2.GetStatusRequest()).name == "x"


def test_a_hand_that_greets_late_is_heard(behind: int, slow: int) -> None:
    server = serve_hand_v1(lambda _: HandAck(True, "resting", "Rest", ""), "127.0.0.1", behind)
    client = HandV1Client("127.0.0.1", slow)

    assert client.set_movement("Fist").applied

    client.close()
    server.close()
