"""What every service promises, checked over every folder in services/ by its existing."""

import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from emgrig.config import REPLACEABLE, Rig
from emgrig.testing import Process, make_rig, start
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

REPOSITORY = Path(__file__).parents[2]
SERVICES = sorted(
    folder.name
    for folder in (REPOSITORY / "services").iterdir()
    if "service.py" in {path.name for path in folder.glob("emgrig_*/*.py")}
)
STOP_DEADLINE_S = 8.0

# Processes whose input comes from another process or device: alone they say what is missing.
NEEDS_A_PEER = {
    *("emg-acquirer", "feature-extractor", "predictor", "recorder", "vhi-bridge"),
    "console",
}


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return make_rig(tmp_path)


@pytest.fixture(scope="module")
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def process(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A process that tests look at and none ends; beside it another one may send as by default."""
    tables = {"emg-generator": {"stream_name": "Looked-at"}}
    process = start(name, make_rig(tmp_path_factory.mktemp(name), tables))
    process.wait_ready()
    yield process
    process.kill()


every_service = pytest.mark.parametrize("name", SERVICES, indirect=True, scope="module")


def test_there_are_services() -> None:
    assert len(SERVICES) >= 8


@every_service
def test_it_starts_is_ready_and_says_what_it_is(process: Process, name: str) -> None:
    status = process.status()

    assert status.name == name
    assert status.state in ("READY", "RUNNING", "DEGRADED")
    assert status.pid == process.popen.pid
    assert status.version == version_of(name)


@every_service
def test_reflection_lists_its_services(process: Process, name: str) -> None:
    with grpc.insecure_channel(process.client.address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        reply = next(stub.ServerReflectionInfo(iter([request])))

    names = {service.name for service in reply.list_services_response.service}
    assert {"emgrig.control.v1.Process", "grpc.health.v1.Health"} <= names


@every_service
def test_sigterm_ends_it_in_order_and_twice_is_harmless(rig: Rig, name: str) -> None:
    process = start(name, rig)
    process.wait_ready()
    process.popen.send_signal(signal.SIGTERM)
    process.popen.send_signal(signal.SIGTERM)

    assert process.popen.wait(STOP_DEADLINE_S) == 0, process.output()


@pytest.mark.parametrize("name", sorted(NEEDS_A_PEER), indirect=True, scope="module")
def test_a_missing_peer_means_degraded_and_not_dead(process: Process, name: str) -> None:
    status = process.wait_state("DEGRADED")

    assert all("expected" in text for text in status.troubles.values()), status.troubles
    # Where there is an amplifier or the VHI itself, nobody waits for what stands in for them.
    assert not {f"peer {name}" for name in REPLACEABLE} & status.troubles.keys()


def outcome(name: str, rig: Rig, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / f"emgrig-{name}"
    command = [str(program), "--config", str(rig.path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)


@every_service
def test_an_unknown_key_ends_it_with_2_and_names_the_key(rig: Rig, name: str) -> None:
    done = outcome(name, rig, "--set", f"{name}.no_such_key=1", "--set", f"{name}.another=1")

    assert done.returncode == 2
    assert f"[{name}] no_such_key: expected a known key" in done.stderr
    assert f"[{name}] another: expected a known key" in done.stderr
    assert "Traceback" not in done.stderr


@every_service
@pytest.mark.parametrize("key", ["publish", "control"])
def test_an_address_in_use_ends_it_with_2_and_says_what_to_do(
    rig: Rig, name: str, key: str
) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        scheme = "tcp://" if key == "publish" else ""
        address = f"{scheme}127.0.0.1:{taken.getsockname()[1]}"
        done = outcome(name, rig, "--set", f"{name}.{key}={address}")

    assert done.returncode == 2
    assert "stop the other rig" in done.stderr
    assert "Traceback" not in done.stderr


def version_of(name: str) -> str:
    project = tomllib.loads((REPOSITORY / "services" / name / "pyproject.toml").read_text())
    return str(project["project"]["version"])
