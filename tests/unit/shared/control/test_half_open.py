"""A caller whose host vanished is noticed: nobody waits for its calls for ever."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import grpc
import pytest
from emgrig.control import ControlClient, ControlServer, Servicer, process_pb2, process_pb2_grpc
from emgrig.control import server as server_module
from emgrig.control.method_workers import MAX_WORKERS
from emgrig.errors import PeerLostError
from emgrig.testing import free_ports, wait_until


class Process(process_pb2_grpc.ProcessServicer):
    def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        return process_pb2.ProcessStatus(name="x")


class Cable:
    """Carries a connection to an address until `cut`: from then on nobody hears of either end."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._to = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._cut, self._woken = socket.socketpair()
        self._open: list[socket.socket] = [self._listener, self._cut, self._woken]
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def cut(self) -> None:
        """Carry no byte more, and no end of a connection."""
        self._cut.send(b"x")
        self._thread.join()

    def close(self) -> None:
        self.cut()
        for one in self._open:
            one.close()

    def _carry(self) -> None:
        selector = selectors.DefaultSelector()
        near, _ = self._listener.accept()
        far = socket.create_connection(self._to)
        self._open += [near, far]
        for one, other in ((near, far), (far, near), (self._woken, None)):
            selector.register(one, selectors.EVENT_READ, other)
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    return
                key.data.sendall(key.fileobj.recv(65536))  # type: ignore[union-attr]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(server_module, "PING_S", 1.0)
    monkeypatch.setattr(server_module, "PING_ANSWER_S", 1.0)
    address = f"127.0.0.1:{free_ports(1)[0]}"
    register = process_pb2_grpc.add_ProcessServicer_to_server
    servicer = Servicer(register, Process(), "emgrig.control.v1.Process")
    server = ControlServer(address, "x", [servicer])
    yield address
    server.close(0.0)


def half_a_call(channel: grpc.Channel, gone: threading.Event) -> Any:
    """Name a method, and never say what is asked of it."""

    def asked() -> Iterator[bytes]:
        gone.wait()
        yield from ()

    method = channel.stream_unary("/emgrig.control.v1.Process/GetStatus", None, None)
    return method.future(asked())


def is_answered(address: str) -> bool:
    with ControlClient("x", address) as client:
        try:
            request = process_pb2.GetStatusRequest()
            return bool(client.call("Process.GetStatus", request, deadline_s=0.3).name == "x")
        except PeerLostError:
            return False


def test_calls_of_a_host_that_vanished_are_let_go(address: str) -> None:
    gone = threading.Event()
    with closing(Cable(address)) as cable, grpc.insecure_channel(cable.address) as channel:
        calls = [half_a_call(channel, gone) for _ in range(MAX_WORKERS)]
        wait_until(lambda: not is_answered(address), 10)
        cable.cut()

        wait_until(lambda: is_answered(address), 20)

        gone.set()
        for call in calls:
            call.cancel()
