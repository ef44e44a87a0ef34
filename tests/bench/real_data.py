"""Train and evaluate on every set of ../shared/data with the command line, beside the baselines.

Prints a table in Markdown (docs/benchmarks.md has the newest one) and writes it to
build/bench/real_data.md. Exits 1 when a figure is more than 0.03 below its baseline.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "bench"
SESSIONS = OUT / "sessions"
TOLERANCE = 0.03
SPLITS = ("train", "test")


class Variant(NamedTuple):
    """A column of the table: with or without high-pass, whole window or sub-windows."""

    name: str
    highpass_hz: float
    sub_window_samples: int


VARIANTS = (
    Variant("raw/win", 0, 0),
    Variant("raw/sub", 0, 32),
    Variant("hp20/win", 20, 0),
    Variant("hp20/sub", 20, 32),
)
COARSE_HOP = re.compile(r"^(gestures_|wrist_angle_s21)")
"""These have a hop of 100 ms, the others of 50 ms. Source: data/README.md."""


def main() -> int:
    """Run the sets that were asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--only", default="", help="part of a set's name")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"no recordings in {arguments.data}: nothing to measure")
        return 0
    lines = [f"| set | {' | '.join(v.name for v in VARIANTS)} |", "|---" * 5 + "|"]
    print("\n".join(lines), flush=True)
    n_missed = 0
    for name, baselines in read_baselines(arguments.data / "README.md"):
        if arguments.only in name:
            # Always anew: a change of the import must show.
            emgrig("import", str(arguments.data / name), "--out", str(SESSIONS))
            cells = [
                measure(arguments.data / name, v, b)
                for v, b in zip(VARIANTS, baselines, strict=True)
            ]
            n_missed += sum("MISSED" in cell for cell in cells)
            lines.append(f"| {name} | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "real_data.md").write_text("\n".join(lines) + "\n")
    return 1 if n_missed else 0


def read_baselines(readme: Path) -> Iterator[tuple[str, list[float | None]]]:
    """Yield (set, one baseline per variant) from the table of the shared README."""
    for line in readme.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 9 and (readme.parent / cells[0]).is_dir():
            yield cells[0], [None if cell == "n/a" else float(cell) for cell in cells[5:]]


def measure(folder: Path, variant: Variant, baseline: float | None) -> str:
    """Return one cell: what was reached, and the baseline in brackets."""
    if baseline is None:
        return "n/a"
    hop = "0.1" if COARSE_HOP.match(folder.name) else "0.05"
    is_regression = (folder / "kinematics.npy").exists()
    options = ["--target", "kinematics"] if is_regression else ["--kind", "classification"]
    options += ["--highpass", str(variant.highpass_hz), "--hop", hop]
    options += ["--sub-window", str(variant.sub_window_samples)]
    train, test = (str(SESSIONS / f"{folder.name}-{split}.session.zip") for split in SPLITS)
    model_id = emgrig("train", "--local", train, *options)["model_id"]
    result = emgrig("evaluate", model_id, test, "--hop", hop)
    reached = result["r2"] if is_regression else result["accuracy"]
    verdict = "" if reached >= baseline - TOLERANCE else " MISSED"
    return f"{reached:.3f} ({baseline:.3f}){verdict}"


def emgrig(*arguments: str) -> dict[str, Any]:
    """Run one command and return the JSON object on its last line."""
    command = [sys.executable, "-m", "emgrig_operator", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


if __name__ == "__main__":
    sys.exit(main())
