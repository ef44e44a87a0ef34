"""`emgrig vhi make-standin`: any program launches it as the VHI, and finds a VHI."""

import os
import platform
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from emgrig.control import HandV1Client, HandV2Client
from emgrig.errors import HandError, RequestError
from emgrig.testing import free_ports, wait_until
from emgrig_operator.cli import app
from emgrig_operator.locating import find_hand
from typer.testing import CliRunner

from tests.deadlines import MS

pytestmark = pytest.mark.skipif(platform.system() == "Windows", reason="a script is no .exe")

type Launch = Callable[[Path, Mapping[str, str]], subprocess.Popen[bytes]]


def make(folder: Path, *arguments: str) -> tuple[str, ...]:
    """Make a stand-in and return what a launcher that is told VHI_PATH launches."""
    result = CliRunner().invoke(app, ["vhi", "make-standin", str(folder), *arguments])
    assert result.exception is None, result.exception
    return find_hand({"VHI_PATH": str(folder)}).argv


@pytest.fixture
def launch(tmp_path) -> Iterator[Launch]:
    """Start a program as a launcher does: without arguments, from a folder of its own."""
    started = []

    def start(program: Path, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        # The movements file is where the real hand keeps its own: not the person's in a test.
        environment = os.environ | {"XDG_DATA_HOME": str(tmp_path)} | dict(variables)
        with (tmp_path / "hand.log").open("ab") as log:
            popen = subprocess.Popen(
                [program], cwd=tmp_path, env=environment, stdout=log, stderr=log
            )
        started.append(popen)
        return popen

    yield start
    for popen in started:
        popen.kill()  # as MyoGestic ends it
        popen.wait()


def answers(ask: Callable[[], object]) -> bool:
    try:
        return ask() is not None
    except HandError:
        return False


def test_a_launcher_finds_a_vhi(tmp_path, launch) -> None:
    (program,) = make(tmp_path / "my hand")
    (port,) = free_ports(1)
    client = HandV1Client("127.0.0.1", port)

    popen = launch(Path(program), {"VHI_GRPC_PORT": str(port), "PYTHONHOME": "/nowhere"})

    wait_until(lambda: answers(client.get_state), 20_000 * MS)
    state = client.get_state()
    client.close()
    assert state.current_state == "waiting"
    assert len(state.available_movements) == 17
    # What is killed is the hand itself: the port is free at once.
    assert not psutil.Process(popen.pid).children()


def test_protocol_and_port_are_in_its_rig_toml(tmp_path, launch) -> None:
    (port,) = free_ports(1)
    (program,) = make(tmp_path / "hand", "--protocol", "v2", "--port", str(port))
    client = HandV2Client("127.0.0.1", port)

    launch(Path(program), {})

    wait_until(lambda: answers(client.get_manifest), 20_000 * MS)
    manifest = client.get_manifest()
    client.close()
    assert manifest.vocabulary_version == "2.1"


def test_it_outlives_the_thread_that_launched_it(tmp_path, launch) -> None:
    (program,) = make(tmp_path / "hand")
    (port,) = free_ports(1)
    client = HandV1Client("127.0.0.1", port)
    started: list[subprocess.Popen[bytes]] = []
    may_end = threading.Event()

    def launch_and_end() -> None:
        started.append(launch(Path(program), {"VHI_GRPC_PORT": str(port)}))
        may_end.wait(30_000 * MS)

    thread = threading.Thread(target=launch_and_end)
    thread.start()
    wait_until(lambda: answers(client.get_state), 20_000 * MS)
    client.close()

    may_end.set()
    thread.join()

    with pytest.raises(subprocess.TimeoutExpired):
        started[0].wait(1000 * MS)


def test_the_port_is_the_real_hands_by_default(tmp_path) -> None:
    make(tmp_path)

    assert "grpc_port = 50051" in (tmp_path / "rig.toml").read_text()


def test_it_replaces_nothing(tmp_path) -> None:
    (tmp_path / "VHI.x86_64").write_text("the real one")

    result = CliRunner().invoke(app, ["vhi", "make-standin", str(tmp_path)])

    assert isinstance(result.exception, RequestError)
    assert (tmp_path / "VHI.x86_64").read_text() == "the real one"
    assert not (tmp_path / "rig.toml").exists()
