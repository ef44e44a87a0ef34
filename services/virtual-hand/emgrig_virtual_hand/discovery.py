"""Look for the hand's inbound streams, in a thread of its own."""

import threading
import time
from collections.abc import Callable, Sequence

import pylsl

from emgrig_virtual_hand.streams import PoseInlet

__all__ = ["Discovery"]

_SWEEP_S = 1.0
# Start to start. The real hand looks every 5 s; a person who restarts a sender waits less here.
_PERIOD_S = 2.0
_FAITHFUL_PERIOD_S = 5.0


class Discovery:
    """Attach inlets to streams as they appear, and again after they were lost.

    Args:
        inlets: What to look for.
        report: Called with an inlet's name and what is wrong with its streams, or nothing.
        faithful: Look as rarely as the real hand does.
    """

    def __init__(
        self,
        inlets: Sequence[PoseInlet],
        report: Callable[[str, str], None],
        *,
        faithful: bool = False,
    ) -> None:
        self._inlets = tuple(inlets)
        self._report = report
        self._period_s = _FAITHFUL_PERIOD_S if faithful else _PERIOD_S

    def run(self, stopping: threading.Event) -> None:
        """Look at once, then periodically, until stopping."""
        pause_s = 0.0
        while not stopping.wait(pause_s):
            started_s = time.monotonic()
            self.sweep()
            pause_s = max(0.0, self._period_s - (time.monotonic() - started_s))

    def sweep(self) -> None:
        """Look for a second for whatever is missing; nothing if nothing is."""
        missing = [inlet for inlet in self._inlets if not inlet.is_attached]
        if not missing:
            return
        wanted = " or ".join(f"name='{inlet.name}'" for inlet in missing)
        found = pylsl.resolve_bypred(wanted, minimum=len(missing), timeout=_SWEEP_S)
        for inlet in missing:
            streams = [info for info in found if info.name() == inlet.name]
            self._report(inlet.name, inlet.attach(streams))
