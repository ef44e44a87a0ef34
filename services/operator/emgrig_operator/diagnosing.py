"""Look at everything that a rig needs, one finding per line."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pylsl
from emgrig.config import PROCESSES, Rig
from emgrig.control import RigClient
from emgrig.errors import PeerError, SettingsError

from emgrig_operator.locating import connect, find_hand, operator_settings, programs_folder
from emgrig_operator.supervising import Launcher, busy_addresses

__all__ = ["Finding", "diagnose"]

MIN_FREE_BYTES = 2 << 30
"""An hour of 64 channels at 2048 Hz takes about 2 GB."""

RESOLVE_S = 1.0
MIN_PYTHON = (3, 12)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: What it is.
        is_ok: Whether it is as it should be.
        seen: What was found.
        remedy: What to do; empty when it is as it should be.
    """

    what: str
    is_ok: bool
    seen: str
    remedy: str = ""


def diagnose(rig: Rig) -> Iterator[Finding]:
    """Yield one finding after the other; a rig.toml that cannot be read never comes this far."""
    yield Finding("rig.toml", True, str(rig.path))
    yield _python()
    yield _programs()
    yield _library("mcap", "recorder")
    yield _library("zarr", "recorder")
    yield _library("catboost", "trainer and predictor")
    yield _library("myoverse", "MyoVerse's features; the numpy engine gives the same numbers")
    yield Finding("liblsl", True, f"version {pylsl.library_version() / 100:.2f}")
    yield _disk(rig)
    yield from _processes(rig)
    yield _hand()
    yield _streams(rig)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    is_ok = sys.version_info >= MIN_PYTHON
    return Finding("Python", is_ok, version, "" if is_ok else "run make setup with Python 3.12")


def _programs() -> Finding:
    folder = programs_folder()
    names = ["supervisord", *(f"emgrig-{name}" for name in PROCESSES)]
    missing = [name for name in names if not os.access(folder / name, os.X_OK)]
    if missing:
        return Finding("programs", False, f"{folder} lacks {', '.join(missing)}", "run make setup")
    return Finding("programs", True, f"{len(names)} in {folder}")


def _library(name: str, user: str) -> Finding:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "not installed", f"run make setup; needed by {user}")
    return Finding(name, True, version)


def _disk(rig: Rig) -> Finding:
    folder = next(p for p in (rig.data_dir, *rig.data_dir.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    is_ok = free >= MIN_FREE_BYTES and os.access(folder, os.W_OK)
    remedy = "" if is_ok else f"free space, or choose another [rig] data_dir in {rig.path}"
    return Finding("disk", is_ok, f"{free / 1e9:.1f} GB free in {folder}", remedy)


def _processes(rig: Rig) -> Iterator[Finding]:
    if not Launcher(rig).is_running():
        yield Finding("rig", True, "not running (start it with emgrig up)")
        busy = busy_addresses(rig)
        remedy = "stop what uses them, or choose others in rig.toml" if busy else ""
        yield Finding(
            "addresses", not busy, f"in use: {', '.join(busy)}" if busy else "free", remedy
        )
        return
    with connect(rig) as client:
        for program in Launcher(rig).programs():
            if program.name in rig.processes:
                yield _process(client, program.name)


def _process(client: RigClient, name: str) -> Finding:
    try:
        status = client.status(name)
    except PeerError as error:
        return Finding(name, False, str(error), "look at its log in the rig's run folder")
    troubles = "; ".join(f"{key}: {text}" for key, text in status.troubles.items())
    remedy = "do what it says" if troubles else ""
    return Finding(name, not troubles, f"{status.state} {troubles}".strip(), remedy)


def _hand() -> Finding:
    try:
        hand = find_hand()
    except SettingsError as error:
        return Finding("hand", False, str(error.problems[0]), "do what it says")
    return Finding("hand", True, " ".join([*hand.argv, f"({hand.why})"]), "")


def _streams(rig: Rig) -> Finding:
    found = sorted({f"{s.name()} ({s.type()})" for s in pylsl.resolve_streams(RESOLVE_S)})
    is_ok = bool(found) or operator_settings(rig).use_generator
    remedy = "" if is_ok else "switch the amplifier's LSL outlet on; check firewall and network"
    return Finding("LSL streams", is_ok, ", ".join(found) or "none now", remedy)
