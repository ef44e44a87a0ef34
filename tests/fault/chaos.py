"""Random harm to a recording rig, from a seed: ``make chaos SECONDS=120 SEED=n``.

One or two processes at once are killed, made to raise or frozen at random instants, until each is
back; the two acquirers are never down at the same time, since nobody would have the samples then.
The keeper of the hand and its heir are among them: who is frozen is woken or replaced by another of
them long before we would let it go on.
With ``--acquirers 1`` a sample may be lost while the only one is down, if a gap of the session says
so. Prints one line of JSON; exit code 0 only if nothing else was lost and the hand was safe.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgrig.recording import verify_session
from emgrig.testing import lsl_config, wait_until

from tests.fault.family import HEIR, KEEPER, PARENTS, is_stopped, pid_of, send_signal
from tests.fault.harms import HARMS

if TYPE_CHECKING:
    from tests.fault.live_rig import LiveRig, Recorded

VICTIMS = (
    "emg-acquirer",
    "emg-acquirer-2",
    "feature-extractor",
    "predictor",
    "vhi-bridge",
    "recorder",
    "trainer",
    "virtual-hand",
    "console",
    KEEPER,
    HEIR,
)
MAX_PAUSE_S = 3.0
FREEZE_S = (0.5, 20.0)
BACK_S = 45.0
CATCH_UP_S = 1.0


class Chaos:
    """One run.

    Attributes:
        harms: (process, harm) -> how often.
        outages_ms: Process -> its longest time without an answer.
    """

    def __init__(
        self, live: "LiveRig", seed: int, freeze_s: tuple[float, float] = FREEZE_S
    ) -> None:
        self.live = live
        running = {program.name for program in live.supervisor.programs()}
        self.victims = [name for name in VICTIMS if name in running | set(PARENTS)]
        self.freeze_s = freeze_s
        self.random = random.Random(seed)
        self.harms: Counter[tuple[str, str]] = Counter()
        self.outages_ms: dict[str, float] = dict.fromkeys(self.victims, 0.0)

    def run(self, seconds: float) -> None:
        """Do harm for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pause(self.random.uniform(0.0, MAX_PAUSE_S))
            self.round()

    def round(self) -> None:
        """Harm one or two processes at once and wait until both are back."""
        victims = self.choose()
        harms = {name: self.random.choice(list(HARMS)) for name in victims}
        thaw_s = {name: self.random.uniform(*self.freeze_s) for name in victims}
        pids = self.pids_of(victims)
        began = time.monotonic()
        for name, harm in harms.items():
            send_signal(pids[name], HARMS[harm])
        self.harms.update(harms.items())
        print(" and ".join(f"{harm} {name}" for name, harm in harms.items()), file=sys.stderr)
        frozen = {name for name, harm in harms.items() if harm == "freeze"}
        waiting = set(victims)

        def look() -> bool:
            for name in sorted(waiting):
                elapsed_s = time.monotonic() - began
                if name in frozen and elapsed_s > thaw_s[name]:
                    frozen.discard(name)
                    send_signal(pids[name], signal.SIGCONT)
                is_due = name in PARENTS or name not in frozen
                if is_due and self.is_back(name, pids[name], harms[name]):
                    waiting.discard(name)
                    outage_ms = 1000 * (time.monotonic() - began)
                    self.outages_ms[name] = max(self.outages_ms[name], outage_ms)
            return not waiting

        wait_until(look, BACK_S, lambda: f"not back: {waiting}")
        # Somebody in whose place another one is by now stands still yet.
        for name in frozen:
            send_signal(pids[name], signal.SIGCONT)
        # The recorder fetches what it missed while the acquirers still have it.
        pause(CATCH_UP_S)

    def choose(self) -> list[str]:
        """Return one or two victims that are not both acquirers."""
        victims = self.random.sample(self.victims, self.random.choice((1, 1, 2)))
        if len({name.removesuffix("-2") for name in victims}) < len(victims):
            victims.pop()
        return victims

    def pids_of(self, names: list[str]) -> dict[str, int]:
        """Return the pids once each of them is there: a bridge may be back before its keeper."""
        pids: dict[str, int] = {}

        def are_there() -> bool:
            pids.update({name: pid_of(self.live, name) for name in names})
            return all(pids.values())

        wait_until(are_there, BACK_S, lambda: f"not there: {pids}")
        return pids

    def is_back(self, name: str, old_pid: int, harm: str) -> bool:
        pid = pid_of(self.live, name)
        if name in PARENTS:
            # Nobody asks it anything; one that was frozen may have been replaced.
            return pid != 0 and not is_stopped(pid) and (harm == "freeze" or pid != old_pid)
        is_same = pid == old_pid
        if pid == 0 or is_same != (harm == "freeze"):
            return False
        state = self.live.state(name)
        # An acquirer is back when samples come.
        return state == "RUNNING" if name.startswith("emg-acquirer") else state != "UNREACHABLE"


def pause(seconds: float) -> None:
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end, seconds + 10)


def report(chaos: Chaos, recorded: "Recorded", sent: tuple[int, int]) -> dict[str, Any]:
    hand, (first, last) = chaos.live.hand, sent
    verdict = verify_session(recorded.path)
    lost, gaps = recorded.lost(first, last), recorded.books["gaps"]["emg"]
    # A gap is counted from the sample before it to the one after it.
    explained = sum(round(gap["seconds"] * recorded.fs) - 1 for gap in gaps)
    by_process: Counter[str] = Counter()
    for (name, _), n in chaos.harms.items():
        by_process[name] += n
    document: dict[str, Any] = {
        "kills": sum(n for (_, harm), n in chaos.harms.items() if harm != "freeze"),
        "by_process": dict(sorted(by_process.items())),
        "by_harm": {h: sum(n for (_, x), n in chaos.harms.items() if x == h) for h in HARMS},
        "samples_sent": last - first,
        "samples_recorded": last - first - lost,
        "samples_lost": lost,
        "samples_lost_unexplained": lost - explained,
        "duplicates": recorded.duplicates,
        "in_order": recorded.is_in_order,
        "gaps": len(gaps),
        "ledger_balanced": verdict.is_balanced,
        "session_sound": verdict.is_sound,
        "longest_outage_ms": {name: round(ms) for name, ms in chaos.outages_ms.items()},
        "hand_unsafe_ms": round(1000 * hand.unsafe_s()),
        "hand_dangers": hand.dangers()[:5],
        "problems": list(verdict.problems)[:5],
    }
    bad = ["samples_lost_unexplained", "duplicates", "hand_unsafe_ms", "hand_dangers", "problems"]
    if len(chaos.live.rig.instances("emg-acquirer")) > 1:
        bad += ["samples_lost", "gaps"]
    document["ok"] = not any(document[key] for key in bad) and recorded.is_in_order
    return document


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--acquirers", type=int, choices=(1, 2), default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="emgrig-chaos-") as name:
        folder = Path(name)
        # Before liblsl is asked anything: it reads its configuration once.
        os.environ["LSLAPICFG"] = str(lsl_config(folder))
        document = run(folder, arguments)
    print(json.dumps({"seed": arguments.seed, "seconds": arguments.seconds, **document}))
    sys.exit(0 if document["ok"] else 1)


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run a rig in a folder and harm it."""
    from tests.fault.live_rig import live_rig

    tables = {
        "emg-acquirer": {"redundancy": arguments.acquirers},
        "operator": {"use_console": True},
    }
    with live_rig(folder, tables) as live:
        live.wait_healthy()
        first = live.start_recording()
        chaos = Chaos(live, arguments.seed)
        chaos.run(arguments.seconds)
        live.wait_healthy()
        last = live.emg.sent()
        pause(CATCH_UP_S)
        return report(chaos, live.stop_recording(), (first, last))


if __name__ == "__main__":
    main()
