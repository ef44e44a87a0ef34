"""The demo's rig while it runs, and whether anything of it is left afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil
from emgrig.config import Rig
from emgrig.control import RigClient

from emgrig_operator.locating import connect
from emgrig_operator.output import Output
from emgrig_operator.starting import bring_up
from emgrig_operator.supervising import Launcher

__all__ = ["RunningRig", "running_rig"]


class RunningRig:
    """A rig that is up.

    Args:
        supervisor: Who runs it.
        client: Its control services.
    """

    def __init__(self, supervisor: Launcher, client: RigClient) -> None:
        self.client = client
        self._supervisor = supervisor
        self._root = psutil.Process(supervisor.pid())
        self._family = [self._root, *self._root.children(recursive=True)]
        self._pids = {program.name: program.pid for program in supervisor.programs()}

    def restarts(self) -> int:
        """Return how many processes are not the ones that were started."""
        return sum(
            self._pids[program.name] != program.pid for program in self._supervisor.programs()
        )

    def stop(self) -> None:
        """Stop everything in order; what does not end is killed."""
        self._family += self._root.children(recursive=True)
        self._supervisor.shut_down()

    def left(self) -> list[str]:
        """Return what still runs of the rig, and every other child of this process."""
        alive = [p for p in self._family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        children = psutil.Process().children(recursive=True)
        return sorted({f"{process.pid} {process.name()}" for process in (*alive, *children)})


@contextmanager
def running_rig(rig: Rig, environment: Mapping[str, str], output: Output) -> Iterator[RunningRig]:
    """Run a rig while the block runs."""
    supervisor = Launcher(rig, environment)
    with connect(rig) as client:
        with output.progress(counted=True) as progress:
            task = progress.add_task("starting", total=None)
            for name, n in bring_up(supervisor, client, dies_with_us=True):
                progress.update(task, total=n, advance=1, description=f"ready: {name}")
        running = RunningRig(supervisor, client)
        try:
            yield running
        finally:
            with output.progress() as progress:
                progress.add_task("stopping", total=None)
                running.stop()
