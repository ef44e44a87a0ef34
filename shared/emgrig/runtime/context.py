"""What `run` hands to a service: its bus, its words about itself, its stop signal."""

import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import structlog

from emgrig.config import Rig, ServiceSettings
from emgrig.errors import Problem, SettingsError
from emgrig.messages import Ledger
from emgrig.runtime.histogram import Histogram
from emgrig.runtime.lifecycle import Lifecycle, State
from emgrig.transport import Keep, Publisher, Source, Subscriber

__all__ = ["Context"]

LATENCY_SAMPLES = 4096
"""Newest latencies kept per name; at 64 messages a second about the last minute."""


class Context:
    """One process's surroundings.

    Attributes:
        name: Process name.
        rig: The whole rig.toml.
        publisher: Its data-plane output.
        ledger: What became of every message received.
        log: Structured logger; also published on ``log/<name>``.
        stopping: Set when the process must end.
        lifecycle: Its state.
        counters: Named counts for health.
        latencies: Name -> newest latencies, ns.
        histograms: Name -> all latencies of this process, counted.
        subscribers: Every open input.
        flowed_at: Monotonic seconds at which data last flowed.
        parent_pid: Who started it.
        stop_reason: Why `stopping` is set.
        is_faulty: It is set since we are broken; whoever starts us again wants to go on.
        doing: Says what the process is in the middle of, and how far; empty for its usual work.
    """

    def __init__(self, name: str, rig: Rig, settings: ServiceSettings) -> None:
        self.name = name
        self.rig = rig
        self.counters: Counter[str] = Counter()
        self.publisher = Publisher(
            settings.endpoints,
            name,
            replay_s=rig.rig.replay_s,
            refuse=lambda reason: self.count(f"refused_replays_{reason}"),
        )
        self.ledger = Ledger()
        self.log: Any = structlog.get_logger(name)
        self.stopping = threading.Event()
        self.lifecycle = Lifecycle(self._log_state)
        self.latencies: dict[str, deque[int]] = {}
        self.histograms: dict[str, Histogram] = {}
        self.subscribers: list[Subscriber] = []
        self.flowed_at = 0.0
        self.parent_pid = os.getppid()
        self.stop_reason = ""
        self.is_faulty = False
        self.doing: Callable[[], str] = str
        self._threads: list[threading.Thread] = []
        self._wake_read, self._wake_write = os.pipe()

    def subscribe(self, sources: Sequence[str], topics: Iterable[str], *, keep: Keep) -> Subscriber:
        """Open an input from named processes; it wakes when the process must stop.

        A source that is not heard for some seconds is shown as trouble, without more code. Where a
        source runs twice (``redundancy = 2``), both are listened to.

        Raises:
            SettingsError: One has no address in rig.toml.
        """
        names = [name for source in sources for name in self.rig.instances(source)]
        subscriber = Subscriber(
            [self._source(name) for name in names],
            topics,
            keep=keep,
            ledger=self.ledger,
            wake_fd=self._wake_read,
        )
        self.subscribers.append(subscriber)
        return subscriber

    def thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a worker; an exception in it is a fault of the process. Joined at the end."""
        thread = threading.Thread(target=target, name=f"{self.name}-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def trouble(self, key: str, text: str) -> None:
        """Say what is wrong outside this process: DEGRADED until it is cleared."""
        if self.lifecycle.set_trouble(key, text):
            self.log.warning("trouble", key=key, text=text)

    def clear(self, key: str) -> None:
        """Say that a trouble is over."""
        lasted_s = self.lifecycle.clear_trouble(key)
        if lasted_s is not None:
            self.log.info("trouble over", key=key, lasted_s=round(lasted_s, 3))

    def running(self) -> None:
        """Say that data flows now; cheap enough for every message."""
        self.flowed_at = time.monotonic()
        self.lifecycle.set_flowing(True)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a named counter of the health document."""
        self.counters[name] += n

    def observe_latency_ns(self, name: str, ns: int) -> None:
        """Take note of one latency for the health document."""
        newest = self.latencies.get(name)
        if newest is None:
            self.histograms[name] = Histogram()
            self.latencies[name] = deque([ns], maxlen=LATENCY_SAMPLES)
        else:
            newest.append(ns)
        self.histograms[name].observe(ns)

    def stop(self, reason: str, *, is_fault: bool = False) -> None:
        """Ask the process to end; from any thread, twice is harmless."""
        if not self.stopping.is_set():
            self.stop_reason = reason
            self.is_faulty = is_fault
            self.stopping.set()
            os.write(self._wake_write, b"\0")

    def close(self, join_s: float) -> None:
        """Join the workers and close every socket."""
        deadline = time.monotonic() + join_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for subscriber in self.subscribers:
            subscriber.close()
        self.publisher.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _source(self, name: str) -> Source:
        endpoints = self.rig.endpoints(name)
        if not endpoints.publish:
            raise SettingsError(
                Problem(
                    f"{self.rig.path}, [{name}] publish",
                    f"expected an address, because {self.name} listens to it, got none",
                    f"add it, or correct the name of the process in [{self.name}]",
                )
            )
        return Source(name, endpoints)

    def _log_state(self, old: State, new: State) -> None:
        self.log.info("state", old=str(old), new=str(new))
