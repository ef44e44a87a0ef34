"""Run real processes in tests: ready when they say so, gone when the test is over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emgrig.config import STANDBYS, Rig
from emgrig.control import ControlClient, process_pb2
from emgrig.errors import PeerError
from emgrig.runtime.apart import lsl_config

__all__ = ["Process", "running", "start", "wait_until"]

START_TIMEOUT_S = 30.0
"""Imports of PyTorch on a busy two-core machine take seconds."""


class Process:
    """A running process of a rig.

    Attributes:
        name: Process name.
        popen: The operating system's side.
        client: Its control services.
        log: File with everything it printed.
    """

    def __init__(self, name: str, rig: Rig, popen: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.popen = popen
        self.log = log
        self.client = ControlClient(name, rig.endpoints(name).control)

    def status(self) -> Any:
        """Return its ProcessStatus.

        Raises:
            PeerError: It does not answer.
        """
        return self.client.call("Process.GetStatus", process_pb2.GetStatusRequest())

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Wait until its standard health service says SERVING.

        Raises:
            AssertionError: It ended, or the time is up; with its log.
        """
        wait_until(
            lambda: self.popen.poll() is not None or self.client.is_serving(0.2),
            timeout_s,
            lambda: f"{self.name} is not ready; its log:\n{self.output()}",
        )
        if self.popen.poll() is not None:
            raise AssertionError(
                f"{self.name} ended with {self.popen.returncode}:\n{self.output()}"
            )

    def wait_state(self, *states: str, timeout_s: float = 15.0) -> Any:
        """Wait until it is in one of the states, and return its status."""
        newest: list[Any] = []

        def is_there() -> bool:
            try:
                newest[:] = [self.status()]
            except PeerError:
                return False
            return newest[0].state in states

        wait_until(is_there, timeout_s, lambda: f"{self.name}: expected {states}, got {newest}")
        return newest[0]

    def output(self) -> str:
        """Return what it printed so far."""
        return self.log.read_text("utf-8", "replace")

    def stop(self, timeout_s: float = 12.0) -> int:
        """Send SIGTERM, wait, and return its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(timeout_s)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once if it still runs, and close what the test holds of it."""
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        self.client.close()


def start(name: str, rig: Rig, arguments: Sequence[str] = ()) -> Process:
    """Start a process of the rig without waiting for it."""
    folder = rig.path.parent
    log = folder / f"{name}.log"
    own = {standby: [process, "--second"] for process, standby in STANDBYS.items()}
    program, *flags = own.get(name, [name])
    command = [str(Path(sys.executable).parent / f"emgrig-{program}"), *flags]
    command += ["--config", str(rig.path)]
    environment = os.environ | {"LSLAPICFG": os.environ.get("LSLAPICFG", str(lsl_config(folder)))}
    with log.open("ab") as output:
        popen = subprocess.Popen(
            [*command, *arguments], stdout=output, stderr=output, env=environment
        )
    return Process(name, rig, popen, log)


@contextmanager
def running(name: str, rig: Rig, arguments: Sequence[str] = ()) -> Iterator[Process]:
    """Run a process of the rig from ready to stopped; it must end in order, with exit code 0.

    Raises:
        AssertionError: It did not get ready, or did not end in order.
    """
    process = start(name, rig, arguments)
    try:
        process.wait_ready()
        yield process
    except BaseException:
        process.kill()
        raise
    code = process.stop() if process.popen.poll() is None else 0
    process.client.close()
    if code != 0:
        raise AssertionError(f"{name} ended with exit code {code}; its log:\n{process.output()}")


def wait_until(
    is_true: Callable[[], bool], timeout_s: float, explain: Callable[[], str] | None = None
) -> None:
    """Wait for a fact that nobody announces, such as another process's state.

    Raises:
        AssertionError: It did not become true in time.
    """
    slowdown = float(os.environ.get("EMGRIG_TEST_SLOWDOWN", "1"))
    deadline = time.monotonic() + timeout_s * slowdown
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(explain() if explain else f"not true after {timeout_s} s")
        # There is nothing to block on: the fact belongs to another process.
        time.sleep(0.02)
