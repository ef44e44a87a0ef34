"""Find recordings that an earlier incarnation of the recorder left behind."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emgrig.recording import Entry, list_recordings, read_journal

from emgrig_recorder.counting import TakeCounts

__all__ = ["Interrupted", "find_interrupted"]


@dataclass(slots=True)
class Interrupted:
    """A recording without a session.

    Attributes:
        folder: Where its journal is.
        provenance: What its journal begins with.
        counts: What it holds.
        ending: ``stopped`` or ``discarded`` if it was ended in order, else empty.
        last_wall_s: Wall clock of its newest record.
    """

    folder: Path
    provenance: Mapping[str, Any] = field(default_factory=dict)
    counts: TakeCounts = field(default_factory=TakeCounts)
    ending: str = ""
    last_wall_s: float = 0.0

    def note(self, entry: Entry) -> None:
        """Take one record into account."""
        self.last_wall_s = max(self.last_wall_s, entry.log_time_ns * 1e-9)
        if entry.topic == "record/provenance" and not self.provenance:
            self.provenance = entry.document or {}
        if entry.message is None:
            return
        self.counts.note(entry.message)
        action = entry.message.fields.get("action")
        if entry.topic == "event/recording" and action in ("stopped", "discarded"):
            self.ending = action


def find_interrupted(
    sessions_dir: Path, resume_max_age_s: float
) -> tuple[Interrupted | None, list[Path]]:
    """Return the recording to go on with, and the folders to make sessions of.

    A discarded recording is removed here: only its removal was cut off.
    """
    found = [_read(folder) for folder in list_recordings(sessions_dir)]
    for interrupted in found:
        if interrupted.ending == "discarded":
            shutil.rmtree(interrupted.folder)
    left = [one for one in found if one.ending != "discarded"]
    oldest = time.time() - resume_max_age_s
    open_ones = [one for one in left if not one.ending and one.last_wall_s > oldest]
    resumable = max(open_ones, key=lambda one: one.last_wall_s, default=None)
    return resumable, [one.folder for one in left if one is not resumable]


def _read(folder: Path) -> Interrupted:
    interrupted = Interrupted(folder)
    with read_journal(folder) as journal:
        for found in journal.scan():
            if isinstance(found, Entry):
                interrupted.note(found)
    return interrupted
