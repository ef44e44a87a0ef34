"""What programs cost that say nothing of themselves: the VHI."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import psutil
from emgrig.config import PROCESSES, STANDBYS
from emgrig.runtime.supervision import Program

__all__ = ["HEARD", "SilentPrograms", "Usage"]

HEARD = frozenset((*PROCESSES, *STANDBYS.values()))
"""Who says how it is; the VHI never does."""


class Usage(NamedTuple):
    """What a program costs.

    Attributes:
        cpu_percent: Of one core, since the look before.
        rss_mb: Memory, 10^6 bytes.
    """

    cpu_percent: float
    rss_mb: float


class SilentPrograms:
    """Looks at the processes of such programs whenever supervisor is asked.

    Args:
        ask: Asks supervisor for every program; each call is one look.
    """

    def __init__(self, ask: Callable[[], list[Program]]) -> None:
        self._ask = ask
        self._processes: dict[str, psutil.Process] = {}
        self._usages: dict[str, Usage] = {}
        self._restarts: Counter[str] = Counter()

    def programs(self) -> list[Program]:
        """Return what supervisor answers; its errors pass through."""
        programs = self._ask()
        self._look([one for one in programs if one.name not in HEARD])
        return programs

    def usage(self, name: str) -> Usage | None:
        """Return what a program costs; None where it does not run, or says so itself."""
        return self._usages.get(name)

    def restarts(self, name: str) -> int:
        """Return how often a program was seen to have started again."""
        return self._restarts[name]

    def _look(self, programs: Sequence[Program]) -> None:
        usages = {}
        for one in programs:
            try:
                process = self._process(one.name, one.pid)
                usages[one.name] = Usage(process.cpu_percent(), process.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:
                continue
        self._usages = usages

    def _process(self, name: str, pid: int) -> psutil.Process:
        known = self._processes.get(name)
        if known is not None and known.pid == pid and known.is_running():
            return known
        if not pid:
            raise psutil.NoSuchProcess(pid)
        self._processes[name] = process = psutil.Process(pid)
        self._restarts[name] += known is not None
        return process
