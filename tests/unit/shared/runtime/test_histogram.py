"""Latencies counted by how long they were."""

from emgrig.runtime.histogram import BOUNDS_MS, Histogram


def test_each_latency_is_in_one_bucket() -> None:
    histogram = Histogram()
    for ns in (0, 250_000, 250_001, 2_900_000, 10_000_000_000):
        histogram.observe(ns)

    document = histogram.as_dict()

    assert document["bounds_ms"] == list(BOUNDS_MS)
    assert len(document["counts"]) == len(BOUNDS_MS) + 1
    assert document["counts"][:2] == [2, 1]
    assert document["counts"][BOUNDS_MS.index(3.0)] == 1
    assert document["counts"][-1] == 1
    assert sum(document["counts"]) == 5
    assert document["sum_ms"] == (250_000 + 250_001 + 2_900_000 + 10_000_000_000) * 1e-6


def test_what_was_read_does_not_change() -> None:
    histogram = Histogram()
    before = histogram.as_dict()

    histogram.observe(1)

    assert sum(before["counts"]) == 0
