"""Measure the budgets of docs/benchmarks.md and print them beside what was measured."""

import argparse
import os
import secrets
import statistics
import tempfile
from pathlib import Path

from measuring import Row, median_percentiles, print_table


def isolate_lsl(folder: Path) -> None:
    """Give this process and its children an LSL session of their own, before liblsl loads."""
    from emgrig.testing import lsl_config

    os.environ["LSLAPICFG"] = str(lsl_config(folder))


def main() -> None:
    """Run every benchmark several times and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each; medians are printed")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        isolate_lsl(folder)
        report(folder, arguments.runs, arguments.seconds)


def report(folder: Path, n_runs: int, seconds: float) -> None:
    """Measure and print."""
    # pylsl reads its configuration when it is imported.
    from bare import measure_bare
    from generator import measure_generator
    from hot_path import measure_rig
    from recording import measure_recorder

    def fresh() -> Path:
        path = folder / secrets.token_hex(4)
        path.mkdir()
        return path

    rigs, bares = [], []
    for _ in range(n_runs):
        # In turn, so that a change of the machine's speed meets both.
        bares.append(measure_bare(fresh(), seconds))
        rigs.append(measure_rig(fresh(), seconds))
    recorder = [measure_recorder(fresh(), seconds) for _ in range(n_runs)]

    rates = [measure_generator(fresh(), 60, with_control=control) for control in (False, True)]

    p50, p99 = (
        statistics.median(getattr(run.latency, key) for run in rigs) for key in ("p50_ms", "p99_ms")
    )
    ratio = statistics.median(
        run.latency.p50_ms / bare.p50_ms for run, bare in zip(rigs, bares, strict=True)
    )
    floor = statistics.median(bare.p50_ms for bare in bares)
    floor99 = statistics.median(bare.p99_ms for bare in bares)
    cpu = statistics.median(run.cpu_percent for run in rigs)
    rate = statistics.median(run.poses_per_s for run in rigs)
    recorder_cpu = statistics.median(run.cpu_percent for run in recorder)
    missing = sum(run.missing for run in recorder)
    print_table(
        [
            Row("LSL sample to pose, p50", "<= 2.5 ms", f"{p50:.2f} ms", p50 <= 2.5),
            Row("LSL sample to pose, p99", "<= 5 ms", f"{p99:.2f} ms", p99 <= 5),
            Row("  floor: one bare process", "", f"{floor:.2f} / {floor99:.2f} ms", True),
            Row("  ratio of the p50s", "", f"{ratio:.2f}", True),
            Row("poses a second", "64", f"{rate:.1f}", abs(rate - 64) < 1),
            Row("hot path, CPU of one core", "<= 35 %", f"{cpu:.1f} %", cpu <= 35),
            *rows_of_hops(n_runs, seconds),
            Row(
                "recorder, 320 ch, CPU of one core",
                "<= 25 %",
                f"{recorder_cpu:.1f} %",
                recorder_cpu <= 25,
            ),
            Row("recorder, 320 ch, samples missing", "0", str(missing), missing == 0),
            Row(
                "generator over 60 s, without and with control",
                "2048 +- 0.5 Hz",
                ", ".join(f"{rate:.2f}" for rate in rates),
                all(abs(rate - 2048) <= 0.5 for rate in rates),
            ),
        ]
    )


def rows_of_hops(n_runs: int, seconds: float) -> list[Row]:
    """Return what four hops take, beside their floor."""
    from hops import measure_bare_hops, measure_hops

    # In turn, as the rigs.
    runs = [(measure_bare_hops(seconds), measure_hops(seconds)) for _ in range(n_runs)]
    floor, hops = (median_percentiles(kind) for kind in zip(*runs, strict=True))
    floors = f"{floor.p50_ms:.2f} / {floor.p99_ms:.2f} ms"
    return [
        Row("four ZeroMQ hops, p50", "<= 0.9 ms", f"{hops.p50_ms:.2f} ms", hops.p50_ms <= 0.9),
        Row("four ZeroMQ hops, p99", "<= 2 ms", f"{hops.p99_ms:.2f} ms", hops.p99_ms <= 2),
        Row("  floor: bare ZeroMQ relays", "", floors, True),
    ]


if __name__ == "__main__":
    main()
