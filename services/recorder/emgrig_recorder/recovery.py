"""Find recordings that an earlier incarnation of the recorder left behind."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emgrig.recording import Entry, list_recordings, read_journal

from emgrig_recorder.clocks import age_s
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
        books: Its newest record of that name.
        last_wall_s: Wall clock of its newest record.
        clock: The clocks when its newest segment was begun.
    """

    folder: Path
    provenance: Mapping[str, Any] = field(default_factory=dict)
    counts: TakeCounts = field(default_factory=TakeCounts)
    ending: str = ""
    books: Mapping[str, Any] = field(default_factory=dict)
    last_wall_s: float = 0.0
    clock: object = None

    @property
    def age_s(self) -> float:
        """How long ago its newest record was written, seconds."""
        return age_s(self.last_wall_s, self.clock)

    def note(self, entry: Entry) -> None:
        """Take one record into account."""
        self.last_wall_s = entry.log_time_ns * 1e-9
        if entry.topic == "record/provenance":
            self.clock = (entry.document or {}).get("clock")
            self.provenance = self.provenance or entry.document or {}
        if entry.topic == "record/books":
            self.books = entry.document or {}
        if entry.message is None:
            return
        self.counts.note(entry.message)
        action = entry.message.fields.get("action")
        is_own = (entry.message.source, entry.topic) == ("recorder", "event/recording")
        if is_own and action in ("stopped", "discarded"):
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
    open_ones = [one for one in left if not one.ending and one.age_s < resume_max_age_s]
    resumable = min(open_ones, key=lambda one: one.age_s, default=None)
    return resumable, [one.folder for one in left if one is not resumable]


def _read(folder: Path) -> Interrupted:
    interrupted = Interrupted(folder)
    with read_journal(folder) as journal:
        for found in journal.scan():
            if isinstance(found, Entry):
                interrupted.note(found)
    return interrupted
