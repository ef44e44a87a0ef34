"""Find recordings that an earlier incarnation of the recorder left behind."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emgrig.errors import ConfigError, RequestError
from emgrig.messages import Moment
from emgrig.recording import Entry, Journal, list_recordings, read_journal, remove_exported
from emgrig.recording.records import EARLY_RECORD, MessageId

from emgrig_recorder.clocks import age_s
from emgrig_recorder.counting import TakeCounts
from emgrig_recorder.owing import read_owed

__all__ = ["Interrupted", "find_interrupted", "read_interrupted", "remove_recording"]


@dataclass(slots=True)
class Interrupted:
    """A recording without a session.

    Attributes:
        folder: Where its journal is.
        provenance: What its journal begins with.
        counts: What it holds.
        ending: ``stopped`` or ``discarded`` if it was ended in order, else empty.
        books: Its newest record of that name.
        began: When it began.
        last_wall_s: Wall clock of its newest record.
        clock: The clocks when its newest segment was begun.
    """

    folder: Path
    provenance: Mapping[str, Any] = field(default_factory=dict)
    counts: TakeCounts = field(default_factory=TakeCounts)
    ending: str = ""
    books: Mapping[str, Any] = field(default_factory=dict)
    began: Moment = field(default_factory=lambda: Moment({}))
    last_wall_s: float = 0.0
    clock: object = None

    @property
    def age_s(self) -> float:
        """How long ago its newest record was written, seconds."""
        return age_s(self.last_wall_s, self.clock)

    def note(self, entry: Entry) -> None:
        """Take one record into account."""
        self.last_wall_s = entry.log_time_ns * 1e-9
        if entry.message is None:
            self._note_document(entry.topic, entry.document or {})
            return
        if not self.counts.is_early(entry.message):
            self.counts.note(entry.message)
        action = entry.message.fields.get("action")
        is_own = (entry.message.source, entry.topic) == ("recorder", "event/recording")
        if is_own and action in ("stopped", "discarded"):
            self.ending = action

    def _note_document(self, topic: str, document: Mapping[str, Any]) -> None:
        if topic == "record/provenance":
            self.clock = document.get("clock")
            self.provenance = self.provenance or document
        elif topic == f"record/{EARLY_RECORD}":
            self._note_early(document.get("id"))
        elif topic == "record/books":
            self.books = document
            counts = _counts_of(document)
            if counts is not None:
                self.counts, self.began = counts, _moment(document.get("began"))
        elif topic == "record/began":  # of earlier versions
            self.began = _moment(document)

    def _note_early(self, identity: object) -> None:
        if isinstance(identity, list) and [type(part) for part in identity] == [str, str, str, int]:
            self.counts.early.add(MessageId(*identity))


def find_interrupted(
    sessions_dir: Path, resume_max_age_s: float
) -> tuple[Interrupted | None, list[Path], dict[Path, str]]:
    """Return the recording to go on with, the folders to make sessions of, and what is left.

    A discarded recording, and one whose session is there, are removed here: only their removal was
    cut off. What can neither be read nor removed is left with the reason.
    """
    with suppress(OSError):  # it is tried again with every session
        remove_exported(sessions_dir)
    found: list[Interrupted] = []
    unusable: dict[Path, str] = {}
    for folder in list_recordings(sessions_dir):
        try:
            one = read_interrupted(folder)
            if one.ending == "discarded":
                remove_recording(folder)
            else:
                found.append(one)
        except (ConfigError, OSError) as error:
            unusable[folder] = str(error)
    open_ones = [one for one in found if not one.ending and one.age_s < resume_max_age_s]
    resumable = min(open_ones, key=lambda one: one.age_s, default=None)
    return resumable, [one.folder for one in found if one is not resumable], unusable


def remove_recording(folder: Path) -> None:
    """Throw a recording away.

    Raises:
        RequestError: It cannot be removed.
    """
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise RequestError(
            f"expected to remove the discarded recording {folder}, got: {error}; remove it by hand"
        ) from error


def read_interrupted(folder: Path) -> Interrupted:
    """Return what is in a recording, and what waits beside it for room.

    Only what came after the newest books is read, for they say what was before: a long take must
    not outlast the replay rings.
    """
    interrupted = Interrupted(folder)
    with read_journal(folder) as journal:
        for entry in journal.beginnings():
            if entry.topic == "record/provenance":
                interrupted.note(entry)
        for found in journal.scan(_newest_books(journal)):
            if isinstance(found, Entry):
                interrupted.note(found)
    for message in read_owed(folder):
        log_time_ns = round(interrupted.last_wall_s * 1e9)
        interrupted.note(Entry(0, 0, log_time_ns, message.topic, message))
    return interrupted


def _newest_books(journal: Journal) -> Entry | None:
    """Return the newest books that say how far the recording was; earlier versions' do not."""
    books = journal.backwards("books")
    return next((entry for entry in books if _counts_of(entry.document or {})), None)


def _counts_of(document: Mapping[str, Any]) -> TakeCounts | None:
    return TakeCounts.from_document(document.get("counts"))


def _moment(document: object) -> Moment:
    """Return what a journal says of that; what is not of that form counts as nothing."""
    items = document.items() if isinstance(document, dict) else ()
    return Moment(
        {
            source: (str(pair[0]), pair[1])
            for source, pair in items
            if isinstance(pair, list) and len(pair) == 2 and type(pair[1]) is int
        }
    )
