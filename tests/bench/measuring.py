"""What the benchmarks share: medians of several runs, and rows of a table."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import ArrayLike

__all__ = [
    "Percentiles",
    "Row",
    "cpu_seconds",
    "median_percentiles",
    "percentiles",
    "print_table",
]


@dataclass(frozen=True)
class Percentiles:
    """Latencies of one run, milliseconds."""

    p50_ms: float
    p99_ms: float
    n: int


@dataclass(frozen=True)
class Row:
    """One line of the report: what, the budget in words, what was measured, and if it holds."""

    what: str
    budget: str
    measured: str
    holds: bool


def percentiles(latencies_s: ArrayLike) -> Percentiles:
    """Return p50 and p99 of latencies in seconds."""
    values = np.asarray(latencies_s) * 1e3
    p50, p99 = np.percentile(values, [50, 99])
    return Percentiles(float(p50), float(p99), len(values))


def median_percentiles(runs: Sequence[Percentiles]) -> Percentiles:
    """Return the medians of the percentiles of several runs."""
    return Percentiles(
        statistics.median(r.p50_ms for r in runs),
        statistics.median(r.p99_ms for r in runs),
        sum(r.n for r in runs),
    )


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """Return name -> processor seconds used so far, the system's share included."""
    used = {}
    for name, pid in pids.items():
        times = psutil.Process(pid).cpu_times()
        used[name] = times.user + times.system
    return used


def print_table(rows: list[Row]) -> None:
    """Print the budgets beside what was measured."""
    widths = [max(len(getattr(row, key)) for row in rows) for key in ("what", "budget", "measured")]
    print(f"{'':{widths[0]}}  {'budget':{widths[1]}}  {'measured':{widths[2]}}")
    for row in rows:
        verdict = "held" if row.holds else "MISSED"
        cells = zip((row.what, row.budget, row.measured), widths, strict=True)
        print("  ".join(f"{cell:{width}}" for cell, width in cells), "", verdict)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load average {load:.1f} at {time.strftime('%F %T')}")
