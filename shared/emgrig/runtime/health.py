"""Look at the inputs four times a second, and say how this process is once a second."""

import time
from collections import Counter
from importlib.metadata import version
from itertools import count
from typing import Any

import numpy as np
import psutil

from emgrig.config import REPLACEABLE
from emgrig.control import Servicer, process_pb2, process_pb2_grpc
from emgrig.runtime.context import Context
from emgrig.runtime.standing import stands_still, still_words
from emgrig.transport import Source, Subscriber

__all__ = ["PERIOD_S", "SILENCE_S", "HealthReporter"]

PERIOD_S = 1.0

LOOKS = 4
"""In a period: whoever dies or stands still is named within a second."""

QUIET_S = 0.5
"""The kernel is asked about who was not heard for so long: cheap, and seldom."""

SILENCE_S = 2.5
"""A peer beats once a second; two missed beats and a half are not a hiccup."""

_LOOK = "supervisor starts it again; if it does not come back, start it (emgrig up) or see its log"

PAUSE_S = 2.0
"""Without data for so long a process is READY and no longer RUNNING."""


class HealthReporter:
    """Publish ``health/<process>`` and serve ``Process.GetStatus`` with the same document."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._process = psutil.Process()
        self._process.cpu_percent()
        self._started = time.monotonic()
        self._before: Counter[str] = Counter()
        self._before_at = self._started
        self._n_refused = 0
        self._lost: dict[str, float] = {}
        self._document: dict[str, Any] = {}
        self.tick()

    @property
    def servicer(self) -> Servicer:
        """The control service of every process."""
        return Servicer(
            process_pb2_grpc.add_ProcessServicer_to_server, self, "emgrig.control.v1.Process"
        )

    def loop(self) -> None:
        """Look and report until the process stops."""
        for n in count(1):
            if self._context.stopping.wait(PERIOD_S / LOOKS):
                return
            if n % LOOKS:
                self._watch_peers()
            else:
                self.tick()

    def tick(self) -> None:
        """Look, and report once."""
        self._watch_peers()
        self._watch_refusals()
        now = time.monotonic()
        if now - self._context.flowed_at > PAUSE_S:
            self._context.lifecycle.set_flowing(False)
        self._document = self._compose(now)
        self._context.publisher.send(f"health/{self._context.name}", fields=self._document)
        self._context.publisher.subscriptions()

    def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the proto
        """Answer with the newest document; state, troubles and counters are as of now."""
        document = dict(self._document)
        document["state"] = str(self._context.lifecycle.state)
        document["troubles"] = self._context.lifecycle.troubles()
        document["doing"] = self._context.doing()
        document["counters"] = self._counters()
        latency, histograms = document.pop("latency"), document.pop("histograms")
        reply = process_pb2.ProcessStatus(
            **{key: value for key, value in document.items() if key != "ledger"},
            latency={name: process_pb2.LatencySummary(**v) for name, v in latency.items()},
            histograms={k: process_pb2.LatencyHistogram(**v) for k, v in histograms.items()},
        )
        reply.ledger.update(document["ledger"])
        return reply

    def _watch_peers(self) -> None:
        now = time.monotonic()
        for subscriber in self._context.subscribers:
            self._lost.update(dict.fromkeys(subscriber.connections.lost(), now))
            for source in subscriber.sources:
                if source.name in REPLACEABLE and source.name not in subscriber.heard:
                    continue
                key, words = f"peer {source.name}", self._trouble_of(source, subscriber, now)
                if words:
                    self._context.trouble(key, words)
                else:
                    self._context.clear(key)

    def _trouble_of(self, source: Source, subscriber: Subscriber, now: float) -> str:
        heard = subscriber.heard.get(source.name, self._started)
        pid = subscriber.pids.get(source.name, 0)
        if heard < self._lost.get(source.name, 0.0):
            return f"lost the connection to {source.name}; {_LOOK}"
        if pid and now - heard > QUIET_S and stands_still(pid):
            return still_words(source.name, pid)
        if now - heard > SILENCE_S:
            words = f"expected messages of {source.name} on {source.endpoints.publish}"
            return f"{words}, got none; {_LOOK}"
        return ""

    def _watch_refusals(self) -> None:
        topics = self._context.ledger.as_dict().values()
        n_refused = sum(sum(topic["refused"].values()) for topic in topics)
        if n_refused > self._n_refused:
            words = [str(s.refusal) for s in self._context.subscribers if s.refusal is not None]
            text = "; ".join(words) or "see the ledger for the reasons"
            self._context.trouble("refused messages", text)
        else:
            self._context.clear("refused messages")
        self._n_refused = n_refused

    def _compose(self, now: float) -> dict[str, Any]:
        context = self._context
        with self._process.oneshot():
            cpu_percent = self._process.cpu_percent()
            rss_mb = self._process.memory_info().rss / 1e6
        return {
            "name": context.name,
            "state": str(context.lifecycle.state),
            "troubles": context.lifecycle.troubles(),
            "doing": context.doing(),
            "version": version("emgrig"),
            "epoch": context.publisher.epoch,
            "pid": self._process.pid,
            "uptime_s": now - self._started,
            "cpu_percent": cpu_percent,
            "rss_mb": rss_mb,
            "counters": self._counters(),
            "rates_hz": self._rates(now),
            "latency": {name: _summary(list(ns)) for name, ns in list(context.latencies.items())},
            "histograms": {name: h.as_dict() for name, h in list(context.histograms.items())},
            "ledger": context.ledger.snapshot(),
            "ages_s": {
                topic: now - heard_at
                for subscriber in context.subscribers
                for topic, heard_at in list(subscriber.newest.items())
            },
        }

    def _counters(self) -> dict[str, int]:
        """Return what the service counted, and what came from replay rings, if anything did."""
        n = sum(subscriber.back_filled for subscriber in self._context.subscribers)
        return dict(self._context.counters) | ({"back_filled": n} if n else {})

    def _rates(self, now: float) -> dict[str, float]:
        """Messages a second since the last report, received and sent."""
        counts = Counter(self._context.publisher.sent)
        for topic, entry in self._context.ledger.as_dict().items():
            counts[topic] += entry["received"]
        span_s = max(now - self._before_at, 1e-3)
        rates = {topic: (n - self._before[topic]) / span_s for topic, n in counts.items()}
        self._before, self._before_at = counts, now
        return rates


def _summary(latencies_ns: list[int]) -> dict[str, Any]:
    p50_ms, p99_ms = np.percentile(latencies_ns, [50, 99]) * 1e-6
    return {"p50_ms": float(p50_ms), "p99_ms": float(p99_ms), "n": len(latencies_ns)}
