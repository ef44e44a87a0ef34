"""The health documents of all processes as Prometheus metrics, and whether the bus is heard."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from emgrig.runtime import State
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.responses import JSONResponse, Response

from emgrig_console.board import Board
from emgrig_console.sightings import Health

__all__ = ["HealthCollector", "add_metrics"]

STATES = tuple(State)
SELF = "console"

type Processes = Callable[[], list[str]]


class HealthCollector(Collector):
    """Make metrics of what the board knows at the moment of asking.

    A process that is not heard keeps ``emgrig_process_up`` (0) and its age; a stale value is never
    served as a live one.

    Args:
        board: What the bus said.
        processes: Returns the processes that this rig runs.
    """

    def __init__(self, board: Board, processes: Processes) -> None:
        self._board = board
        self._processes = processes

    def collect(self) -> Iterator[Metric]:
        """Yield every family once, whoever is heard."""
        families = _Families()
        for process in self._processes():
            health = self._board.health(process)
            is_up = health is not None and not health.is_stale
            families.up.add_metric([process], float(is_up))
            families.returns.add_metric([process], self._board.restarts(process))
            if health is not None:
                families.age.add_metric([process], health.age_s)
            if health is not None and is_up:
                families.add(process, health)
        yield from families.all()


class _Families:
    """The metrics of one answer, being filled."""

    def __init__(self) -> None:
        one = ["process"]
        topic = ["process", "topic"]
        self.up = _gauge("process_up", "1 while the process is heard on the bus", one)
        self.age = _gauge("health_age_seconds", "Age of the newest health document", one)
        self.returns = _counter("process_returns", "Times the process came back anew", one)
        self.state = _gauge("process_state", "1 for the state that it is in", [*one, "state"])
        self.plain = {
            "uptime_s": _gauge("process_uptime_seconds", "Time since the process started", one),
            "cpu_percent": _gauge("process_cpu_ratio", "Processor time of one core, 1 is all", one),
            "rss_mb": _gauge("process_resident_memory_bytes", "Resident memory", one),
        }
        self.troubles = _gauge("process_troubles", "Things that are wrong outside of it now", one)
        self.events = _counter("events", "What the process counts, by name", [*one, "name"])
        self.rate = _gauge("topic_rate_hertz", "Messages a second, received or sent", topic)
        self.topic_age = _gauge("topic_age_seconds", "Age of the newest message received", topic)
        self.received = _counter("messages_received", "Messages sent to the process", topic)
        self.used = _counter("messages_used", "Messages that did their work", topic)
        reason = [*topic, "reason"]
        self.skipped = _counter("messages_skipped", "Messages left out or lost", reason)
        self.refused = _counter("messages_refused", "Messages that are not acceptable", reason)
        self.latency = HistogramMetricFamily(
            "emgrig_latency_seconds", "Latencies of the process, by name", labels=[*one, "name"]
        )
        self.unreadable = _gauge("health_unreadable", "1 where the health document is none", one)

    def all(self) -> Iterable[Metric]:
        """Return every family."""
        return (
            *(self.up, self.age, self.returns, self.state, *self.plain.values(), self.troubles),
            *(self.events, self.rate, self.topic_age, self.received, self.used, self.skipped),
            *(self.refused, self.latency, self.unreadable),
        )

    def add(self, process: str, health: Health) -> None:
        """Add what a process said; one that says nonsense costs the others nothing."""
        try:
            self._add_process(process, health.document)
            self._add_topics(process, health.document)
            self._add_latencies(process, health.document.get("histograms", {}))
        except (AttributeError, KeyError, TypeError, ValueError):
            self.unreadable.add_metric([process], 1.0)
        else:
            self.unreadable.add_metric([process], 0.0)

    def _add_process(self, process: str, document: Mapping[str, Any]) -> None:
        for state in STATES:
            self.state.add_metric([process, state], float(document["state"] == state))
        scales = {"uptime_s": 1.0, "cpu_percent": 0.01, "rss_mb": 1e6}
        for key, family in self.plain.items():
            family.add_metric([process], float(document[key]) * scales[key])
        self.troubles.add_metric([process], len(document["troubles"]))
        for name, n in document["counters"].items():
            self.events.add_metric([process, str(name)], float(n))

    def _add_topics(self, process: str, document: Mapping[str, Any]) -> None:
        for topic, rate_hz in document["rates_hz"].items():
            self.rate.add_metric([process, str(topic)], float(rate_hz))
        for topic, age_s in document["ages_s"].items():
            self.topic_age.add_metric([process, str(topic)], float(age_s))
        for topic, entry in document["ledger"].items():
            self.received.add_metric([process, str(topic)], float(entry["received"]))
            self.used.add_metric([process, str(topic)], float(entry["used"]))
            for family, key in ((self.skipped, "skipped"), (self.refused, "refused")):
                for reason, n in entry[key].items():
                    family.add_metric([process, str(topic), str(reason)], float(n))

    def _add_latencies(self, process: str, histograms: Mapping[str, Any]) -> None:
        for name, histogram in histograms.items():
            bounds = [str(float(bound) * 1e-3) for bound in histogram["bounds_ms"]]
            total, buckets = 0, []
            for bound, n in zip([*bounds, "+Inf"], histogram["counts"], strict=True):
                total += int(n)
                buckets.append((bound, float(total)))
            self.latency.add_metric(
                [process, str(name)], buckets, float(histogram["sum_ms"]) * 1e-3
            )


def add_metrics(app: FastAPI, board: Board, processes: Processes) -> None:
    """Serve ``/metrics`` and ``/healthz``.

    Args:
        app: The site.
        board: What the bus said.
        processes: Returns the processes that this rig runs.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HealthCollector(board, processes))

    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def healthz() -> Response:
        others = [name for name in processes() if name != SELF]
        n_heard = sum(not board.is_stale(name) for name in others)
        document = {"bus_heard": n_heard > 0, "heard": n_heard, "silent": len(others) - n_heard}
        return JSONResponse(document, 200 if n_heard else 503)

    app.add_api_route("/metrics", metrics)
    app.add_api_route("/healthz", healthz)


def _gauge(name: str, words: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"emgrig_{name}", words, labels=labels)


def _counter(name: str, words: str, labels: list[str]) -> CounterMetricFamily:
    return CounterMetricFamily(f"emgrig_{name}", words, labels=labels)
