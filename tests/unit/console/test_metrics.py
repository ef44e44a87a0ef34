"""The metrics of a board, and that what watches them names only metrics that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emgrig.messages import Message
from emgrig.runtime.histogram import Histogram
from emgrig_console.board import Board
from emgrig_console.metrics import add_metrics
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.console.visitor import Visitor

ROOT = Path(__file__).parents[3]
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
DASHBOARD = ROOT / "deploy/grafana/emgrig.json"
PROCESSES = ["predictor", "recorder", "console"]


def health_of(**fields: Any) -> dict[str, Any]:
    histogram = Histogram()
    for ns in (400_000, 2_500_000, 9_000_000_000):
        histogram.observe(ns)
    return {
        "state": "RUNNING",
        "troubles": {"peer x": "gone"},
        "uptime_s": 12.5,
        "cpu_percent": 25.0,
        "rss_mb": 80.0,
        "counters": {"predictions": 7},
        "rates_hz": {"features/emg": 64.0},
        "ages_s": {"features/emg": 0.01},
        "ledger": {
            "features/emg": {
                "received": 10,
                "used": 7,
                "skipped": {"superseded": 2},
                "refused": {"spec": 1},
            }
        },
        "histograms": {"window_to_prediction": histogram.as_dict()},
    } | fields


class Bus:
    """A board and what is said to it."""

    def __init__(self) -> None:
        self.board = Board()
        self._seq = 0

    def say(self, process: str, *, epoch: str = "a", age_s: float = 0.0, **fields: Any) -> None:
        message = Message(
            topic=f"health/{process}",
            source=process,
            epoch=epoch,
            seq=self._seq,
            fields=health_of(**fields),
        )
        self._seq += 1
        self.board.put(message, self.board.now() - age_s)


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def site(bus: Bus) -> Visitor:
    app = FastAPI()
    add_metrics(app, bus.board, lambda: PROCESSES)
    return Visitor(app, "http://127.0.0.1:8080")


def samples(site: Visitor) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = site.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(site: Visitor, name: str, /, **labels: str) -> Any:
    return samples(site).get((f"emgrig_{name}", frozenset(labels.items())))


def test_every_number_of_a_health_document_is_served(bus: Bus, site: Visitor) -> None:
    bus.say("predictor")
    one = {"process": "predictor"}
    topic = one | {"topic": "features/emg"}

    assert value(site, "process_up", **one) == 1
    assert value(site, "process_state", **one, state="RUNNING") == 1
    assert value(site, "process_state", **one, state="DEGRADED") == 0
    assert value(site, "process_uptime_seconds", **one) == 12.5
    assert value(site, "process_cpu_ratio", **one) == 0.25
    assert value(site, "process_resident_memory_bytes", **one) == 80e6
    assert value(site, "process_troubles", **one) == 1
    assert value(site, "events_total", **one, name="predictions") == 7
    assert value(site, "topic_rate_hertz", **topic) == 64
    assert value(site, "topic_age_seconds", **topic) == 0.01
    assert value(site, "messages_received_total", **topic) == 10
    assert value(site, "messages_used_total", **topic) == 7
    assert value(site, "messages_skipped_total", **topic, reason="superseded") == 2
    assert value(site, "messages_refused_total", **topic, reason="spec") == 1


def test_latencies_are_a_cumulative_histogram_in_seconds(bus: Bus, site: Visitor) -> None:
    bus.say("predictor")
    labels = {"process": "predictor", "name": "window_to_prediction"}

    counts = [value(site, "latency_seconds_bucket", **labels, le=le) for le in ("0.00025", "0.003")]

    assert counts == [0, 2]
    assert value(site, "latency_seconds_bucket", **labels, le="+Inf") == 3
    assert value(site, "latency_seconds_count", **labels) == 3
    assert value(site, "latency_seconds_sum", **labels) == pytest.approx(9.0029)


def test_a_process_that_is_silent_has_no_live_values(bus: Bus, site: Visitor) -> None:
    bus.say("predictor", age_s=10.0)

    assert value(site, "process_up", process="predictor") == 0
    assert value(site, "process_up", process="recorder") == 0
    assert value(site, "process_uptime_seconds", process="predictor") is None
    assert value(site, "health_age_seconds", process="predictor") >= 10
    assert value(site, "health_age_seconds", process="recorder") is None


def test_a_process_that_came_back_is_counted(bus: Bus, site: Visitor) -> None:
    for epoch in "aabc":
        bus.say("predictor", epoch=epoch)

    assert value(site, "process_returns_total", process="predictor") == 2


@pytest.mark.parametrize(
    "nonsense", [{"counters": 3}, {"uptime_s": "long"}, {"histograms": {"x": {"counts": [1]}}}]
)
def test_nonsense_of_one_costs_the_others_nothing(
    bus: Bus, site: Visitor, nonsense: dict[str, Any]
) -> None:
    bus.say("predictor", **nonsense)
    bus.say("recorder")

    assert value(site, "health_unreadable", process="predictor") == 1
    assert value(site, "health_unreadable", process="recorder") == 0
    assert value(site, "process_uptime_seconds", process="recorder") == 12.5


def test_healthz_says_whether_the_bus_is_heard(bus: Bus, site: Visitor) -> None:
    bus.say("console")
    deaf = site.get("/healthz")
    bus.say("recorder")
    heard = site.get("/healthz")

    assert deaf.status_code == 503
    assert deaf.json() == {"bus_heard": False, "heard": 0, "silent": 2}
    assert heard.status_code == 200
    assert heard.json() == {"bus_heard": True, "heard": 1, "silent": 1}


def expressions() -> Iterator[str]:
    """Yield the queries of the alerts and of the dashboard."""
    yield from re.findall(r"expr: (?:>-\n)?(.*?)\n +(?:for|labels):", ALERTS.read_text(), re.DOTALL)
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_alerts_and_dashboard_name_metrics_and_labels_that_exist(bus: Bus, site: Visitor) -> None:
    for process in PROCESSES:
        bus.say(process)
    known: dict[str, set[str]] = {}
    for name, labels in samples(site):
        known.setdefault(name, set()).update(label for label, _ in labels)
    queries = list(expressions())

    assert len(queries) > 20
    for query in queries:
        named = set(re.findall(r"\bemgrig_\w+", query))
        assert named <= set(known), query
        selected = {
            (name, label)
            for name, selector in re.findall(r"\b(emgrig_\w+)\{([^}]*)\}", query)
            for label in re.findall(r"(\w+)(?:=~|!=|=)", selector)
        }
        assert all(label in known[name] for name, label in selected), query


def test_every_metric_is_on_the_dashboard(bus: Bus, site: Visitor) -> None:
    bus.say("predictor")
    shown = " ".join(expressions())
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name, _ in samples(site)}

    left_out = {name for name in families if name not in shown}

    assert left_out == {"emgrig_health_age_seconds", "emgrig_health_unreadable"} | (
        {"emgrig_process_uptime_seconds"}
    )
