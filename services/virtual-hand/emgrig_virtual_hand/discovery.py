"""Look for the hand's inbound streams, in a thread of its own."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

import pylsl

from emgrig_virtual_hand.streams import PoseInlet

__all__ = ["Discovery"]

# The real hand looks every 5 s; a person who restarts a sender waits less here.
_PERIOD_S = 0.25
_FORGET_S = 2.5
"""A stream that is not seen for so long is gone; liblsl asks for it every 1.75 s."""

_AGAIN_S = 0.75
"""How long one search for a lost stream lasts: liblsl asks all of a machine one by one only half a
second after it has asked all at once, of which some systems tell one process only."""

_SETTLE_S = 0.75
"""Time for a second sender of a name, started together with the first, to be seen as well."""
_FAITHFUL_PERIOD_S = 5.0
_FAITHFUL_SEARCH_S = 1.0
"""The real hand looks at its start, then every 5 s, and takes what it finds within 1 s."""


class Discovery:
    """Attach inlets to streams as they appear, and again after they were lost.

    Args:
        inlets: What to look for.
        report: Called with an inlet's name and what is wrong with its streams, or nothing.
        faithful: Look as rarely as the real hand of generation 1 does, and take what is there.
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
        self._seen: dict[str, float] = {}
        self._first_s = _FAITHFUL_SEARCH_S if faithful else _PERIOD_S
        self._period_s = _FAITHFUL_PERIOD_S if faithful else _PERIOD_S
        self._settle_s = 0.0 if faithful else _SETTLE_S

    def run(self, stopping: threading.Event) -> None:
        """Look periodically until stopping."""
        names = {inlet.name for inlet in self._inlets}
        # One resolver for all names, kept open: single resolves with short time-outs miss streams
        # on a busy machine.
        resolver = pylsl.ContinuousResolver(pred=_any_of(names), forget_after=_FORGET_S)
        wait_s = self._first_s
        while not stopping.wait(wait_s):
            lost = {one.name for one in self._inlets if one.is_lost}
            found = [info for info in resolver.results() if info.name() not in lost]
            # Of those it remembers some are gone, and it asks only every 1.75 s, while a hand holds
            # a pose of which nobody says any more.
            found += pylsl.resolve_bypred(_any_of(lost), timeout=_AGAIN_S) if lost else []
            self.sweep(found)
            wait_s = 0.0 if lost else self._period_s

    def sweep(self, found: Sequence[pylsl.StreamInfo]) -> None:
        """Attach what is missing to what is there.

        Args:
            found: Streams that were seen lately, of any name.
        """
        now = time.monotonic()
        self._seen = {info.uid(): self._seen.get(info.uid(), now) for info in found}
        for inlet in self._inlets:
            if not inlet.is_attached:
                streams = [info for info in found if info.name() == inlet.name]
                # Of a sender that was restarted both lives may be there for a moment.
                streams.sort(key=lambda info: info.created_at(), reverse=True)
                if inlet.is_lost or self._have_settled(streams, now):
                    self._report(inlet.name, inlet.attach(streams))

    def _have_settled(self, streams: Sequence[pylsl.StreamInfo], now: float) -> bool:
        return all(now - self._seen[info.uid()] >= self._settle_s for info in streams)


def _any_of(names: Iterable[str]) -> str:
    # In parentheses: liblsl puts the condition of its session before it.
    return f"({' or '.join(f"name='{name}'" for name in names)})"
