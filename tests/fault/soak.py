"""A rig for a long time, at 64 predictions a second: ``make soak MINUTES=60``.

First in real time while recording, then from that recording at 10 times its speed. Prints one line
of JSON; exit code 0 only if memory and handles of every process are flat, rate and latency stay,
and every sample is in the session, once, in order, at the device's clock. What the machine itself
became slower by, between the first and the last tenth, is no growth of the rig: a bare process
tells it in the same run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from emgrig.testing import lsl_config

from tests.fault.wake_ups import late_ms, wake_ups

if TYPE_CHECKING:
    from tests.fault.live_rig import LiveRig

REPLAY_S = 30.0
WARM_UP_S = REPLAY_S + 15.0
"""Until the replay rings are full, and again at another speed, a process rightly grows."""

LOOK_EVERY_S = 1.0
GROWTH = 0.02
LATENCY_GROWTH = 0.20
N_WAKE_UPS = 4
"""Acquirer, extractor, predictor and bridge are each woken once for a window."""
P99_OF = 10_000
"""The p99 of fewer latencies is an accident of what else the machine did; their median is not."""
HOP_SAMPLES = 32
RATE_HZ = 64.0
RATE_SHARE = 0.02
MAX_CLOCK_PPM = 100.0
SPEED = 10
FAST_SHARE = 0.2


@dataclass
class Series:
    """What one process was, look by look.

    Attributes:
        rss_mb: Memory.
        handles: Open files, sockets and pipes.
        threads: Threads.
    """

    rss_mb: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Return the means of the first and the last tenth, and the growth of memory."""
        first, *_, last = (np.mean(part) for part in tenths(self.rss_mb))
        before, *_, after = (int(max(part)) for part in tenths(self.handles))
        return {
            "rss_mb": [round(float(first), 1), round(float(last), 1)],
            "growth": round(float(last / first - 1), 4),
            "handles": [before, after],
        }


def tenths(values: Any) -> list[np.ndarray]:
    return np.array_split(values, 10)


def of_tenths(values: np.ndarray, percentile: float) -> list[float]:
    return [round(float(np.percentile(part, percentile)), 3) for part in tenths(values)]


def is_flat(ms: np.ndarray, floor_ms: np.ndarray) -> bool:
    """Whether the latency of the last tenth is that of the first, but for the machine's own."""
    percentile = 99 if len(ms) >= 10 * P99_OF else 50
    (first, *_, last), (before, *_, after) = (of_tenths(one, percentile) for one in (ms, floor_ms))
    return last <= first * (1 + LATENCY_GROWTH) + N_WAKE_UPS * max(0.0, after - before)


def watch(live: "LiveRig", seconds: float) -> dict[str, Series]:
    """Look at every process of the rig once a second, supervisord and what they started too."""
    names = {program.pid: program.name for program in live.supervisor.programs()}
    processes = {name_of(one, names): one for one in live.family()}
    found = {name: Series() for name in processes}
    waiting, end = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < end:
        for name, process in processes.items():
            with process.oneshot():
                found[name].rss_mb.append(process.memory_info().rss / 1e6)
                found[name].handles.append(process.num_fds())
                found[name].threads.append(process.num_threads())
        waiting.wait(LOOK_EVERY_S)
    return found


def name_of(process: psutil.Process, programs: dict[int, str]) -> str:
    """Return the program's name, or whose child it is, or whose child's."""
    for generation, one in enumerate((process, *process.parents())):
        if one.pid in programs:
            return "child of " * generation + programs[one.pid]
    return "supervisord"


def grows_little(before: int, after: int) -> bool:
    """Whether handles grew by no more than a connection that was open as we looked."""
    return after <= max(before * (1 + GROWTH), before + 2)


def acquirer_gaps(live: "LiveRig") -> int:
    """Return how many gaps the acquirer has seen."""
    return int(live.client.status("emg-acquirer").counters.get("gaps", 0))


def latencies_ms(live: "LiveRig", start: int) -> np.ndarray:
    """Return how long each window took from the acquirer's input to the hand."""
    return np.array(
        [
            (message.trace[-1].t_out_ns - message.trace[0].t_in_ns) * 1e-6
            for message in live.hand.messages[start:]
            if message.fields["reason"] == "prediction"
        ]
    )


def soak(live: "LiveRig", seconds: float) -> dict[str, Any]:
    """Let a rig run and return how it was from the end of the warm-up on."""
    threading.Event().wait(WARM_UP_S)
    start, began, gaps = len(live.hand.messages), time.monotonic(), acquirer_gaps(live)
    with wake_ups(RATE_HZ, file := live.rig.data_dir / "wake_ups"):
        series = watch(live, seconds)
    ms, floor_ms = latencies_ms(live, start), late_ms(file)
    span_s = time.monotonic() - began
    processes = {name: one.report() for name, one in series.items()}
    has_memory = all(one["growth"] <= GROWTH for one in processes.values())
    has_handles = all(grows_little(*one["handles"]) for one in processes.values())
    return {
        "seconds": round(span_s),
        "predictions_hz": round(len(ms) / span_s, 1),
        "gaps": acquirer_gaps(live) - gaps,
        "p50_ms": round(float(np.median(ms)), 2),
        "p99_ms_by_tenth": of_tenths(ms, 99),
        "wake_up_p99_ms_by_tenth": of_tenths(floor_ms, 99),
        "processes": processes,
        "memory_is_flat": has_memory,
        "handles_are_flat": has_handles,
        "latency_is_flat": is_flat(ms, floor_ms),
    }


def in_real_time(live: "LiveRig", seconds: float) -> tuple[dict[str, Any], Path]:
    """Soak while recording and check the session."""
    first = live.start_recording()
    document = soak(live, seconds)
    last = live.emg.sent()
    threading.Event().wait(1.0)
    recorded = live.stop_recording()
    steps = np.diff(recorded.times)
    document |= {
        "samples_sent": last - first,
        "recorded_s": round((last - first) / recorded.fs, 1),
        "samples_lost": recorded.lost(first, last),
        "duplicates": recorded.duplicates,
        "in_order": recorded.is_in_order and bool((steps > 0).all()),
        "clock_ppm": round(1e6 * (np.mean(steps) * recorded.fs - 1), 1),
        "ledger_balanced": recorded.info.ledger_balanced,
    }
    return document, recorded.path


@contextmanager
def replaying(session: Path, name: str) -> Iterator[None]:
    """Play a session's EMG as a stream, again and again."""
    words = ["replay", str(session), "--name", name, "--stream", "emg", "--loop"]
    command = [sys.executable, "-m", "emgrig_operator", *words, "--speed", str(SPEED)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def run(folder: Path, seconds: float) -> dict[str, Any]:
    """Soak a rig of its own in both ways, in so long altogether."""
    from tests.fault.live_rig import live_rig

    measured_s = seconds - 2 * WARM_UP_S
    tables = {
        "rig": {"replay_s": REPLAY_S},
        "emg-acquirer": {"hop_samples": HOP_SAMPLES},
        "operator": {"use_generator": False, "use_console": True},
    }
    with live_rig(folder, tables) as live:
        live.wait_healthy()
        slow, session = in_real_time(live, (1 - FAST_SHARE) * measured_s)
        # Whatever becomes of the other part, an hour is not lost.
        print(json.dumps({"real_time": slow}), file=sys.stderr, flush=True)
        live.emg.switch(on=False)
        with replaying(session, live.emg.name):
            live.hand.wait_following(30)
            fast = soak(live, FAST_SHARE * measured_s)
            # The session is played in a loop, and each seam is a jump in time.
            fast["gaps"] -= int(fast["seconds"] * SPEED / slow["recorded_s"]) + 1
    return {"real_time": slow, "replay_x10": fast}


def is_good(document: dict[str, Any]) -> bool:
    flat = ("memory_is_flat", "handles_are_flat", "latency_is_flat")
    was_flat = all(document[part][key] for part in ("real_time", "replay_x10") for key in flat)
    slow, fast = document["real_time"], document["replay_x10"]
    is_whole = slow["samples_lost"] == slow["duplicates"] == 0 and slow["in_order"]
    is_timely = (
        abs(slow["predictions_hz"] / RATE_HZ - 1) <= RATE_SHARE
        and fast["predictions_hz"] >= RATE_HZ
        and abs(slow["clock_ppm"]) <= MAX_CLOCK_PPM
    )
    has_no_gap = slow["gaps"] == 0 and fast["gaps"] <= 0
    return bool(was_flat and is_whole and is_timely and has_no_gap and slow["ledger_balanced"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="in all, at least 3")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="emgrig-soak-") as name:
        folder = Path(name)
        # Before liblsl is asked anything: it reads its configuration once.
        os.environ["LSLAPICFG"] = str(lsl_config(folder))
        document = run(folder, 60 * arguments.minutes)
    document["ok"] = is_good(document)
    print(json.dumps(document))
    sys.exit(0 if document["ok"] else 1)


if __name__ == "__main__":
    main()
