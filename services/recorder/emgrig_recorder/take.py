"""One take: its journal from the first message to the last, however often it is interrupted."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emgrig.errors import SessionError
from emgrig.messages import Message, Moment
from emgrig.recording import CLOCK_RECORD, JournalWriter, wall_step_s
from emgrig.recording.records import EARLY_RECORD, message_id

from emgrig_recorder.clocks import clock_now
from emgrig_recorder.counting import TakeCounts
from emgrig_recorder.owing import OwedMessages

__all__ = ["REOPEN_S", "Take", "TakeState"]

REOPEN_S = 1.0
"""Time between two attempts to go on after the disk refused a write."""


@dataclass(frozen=True, slots=True)
class TakeState:
    """What a take has come to, as of a moment.

    Attributes:
        session: Name of the session to be.
        name: What a person called it; empty for nothing.
        protocol: Id of the protocol that began it; empty where a person did.
        started: Monotonic seconds.
        n_bytes: Bytes written to the journal.
        counts: A copy of the streams' counts and of the label.
    """

    session: str
    name: str
    protocol: str
    started: float
    n_bytes: int
    counts: TakeCounts


class Take:
    """Write messages to the journal; a refused write is tried again in a new segment.

    Args:
        folder: ``<session>.recording``.
        provenance: What the journal's segments begin with.
        sync_s: Time between two fsyncs.
        began: When it began; nothing that was sent before is its.
        counts: What an earlier incarnation wrote; with it a disk that refuses is a trouble that
            may pass, and no error.

    Attributes:
        began: As given.
        counts: What was written so far.
        trouble: Why nothing can be written now, None if it can.

    Raises:
        SessionError: The journal cannot be begun.
    """

    def __init__(
        self,
        folder: Path,
        provenance: Mapping[str, Any],
        *,
        sync_s: float,
        began: Moment,
        counts: TakeCounts | None = None,
    ) -> None:
        self.folder = folder
        self.began = began
        self.counts = counts or TakeCounts()
        self.trouble: SessionError | None = None
        self.started = time.monotonic()
        self._provenance = provenance
        self._sync_s = sync_s
        self._written_bytes = 0
        self._synced = self._tried = self.started
        self._clock: Mapping[str, Any] = {}
        self._journal: JournalWriter | None = None
        if counts is None:
            self._journal = self._begin()
        self._owed = OwedMessages(folder)
        if counts is not None:
            self._reopen(self.started)

    @property
    def session(self) -> str:
        """Name of the session to be."""
        return self.folder.name.removesuffix(".recording")

    @property
    def name(self) -> str:
        """What a person called it; empty for nothing."""
        return str(self._provenance.get("name", ""))

    @property
    def n_bytes(self) -> int:
        """Bytes written to the journal."""
        return self._written_bytes + (self._journal.n_bytes if self._journal else 0)

    def state(self) -> TakeState:
        """Return what it has come to."""
        counts = self.counts.copy()
        protocol = str(self._provenance.get("protocol", ""))
        return TakeState(self.session, self.name, protocol, self.started, self.n_bytes, counts)

    def append_early(self, message: Message) -> None:
        """Write a message whose turn has not come; `append` gets it then and counts it."""
        if self.counts.is_early(message):
            return
        if not self.append_record(EARLY_RECORD, {"id": message_id(message)}):
            return
        if self._write(lambda journal: journal.append(message)):
            self.counts.note_early(message)

    def append(self, message: Message) -> bool:
        """Write one message; returns whether it is in the journal."""
        is_early = self.counts.is_early(message)
        is_written = is_early or self._write(lambda journal: journal.append(message))
        if is_written:
            self.counts.note(message)
        else:
            self.counts.miss(message)
        return is_written

    def append_own(self, message: Message) -> None:
        """Write a message of the recorder itself, as soon as the disk lets it."""
        if not self._write(lambda journal: journal.append(message)):
            self._owed.append(message)
        self.counts.note(message)

    def append_record(self, kind: str, document: Mapping[str, Any]) -> bool:
        """Write a plain document; returns whether it is in the journal."""
        return self._write(lambda journal: journal.append_record(kind, document))

    def tick(self) -> bool:
        """Sync when it is time, and reopen after a refused write.

        Returns:
            Whether the journal was reopened just now: what was missed can be fetched.
        """
        now = time.monotonic()
        if self._journal is not None and now - self._synced >= self._sync_s:
            self._synced = now
            self._note_clock()
            self._write(lambda journal: journal.sync())
        return self._journal is None and now - self._tried >= REOPEN_S and self._reopen(now)

    def close(self) -> None:
        """Finish the current segment; what cannot be finished stays readable."""
        self._note_clock()
        self._write(lambda journal: journal.close())
        self._owed.close()

    def _note_clock(self) -> None:
        """Write down that somebody set the wall clock."""
        clock = clock_now()
        if wall_step_s(self._clock, clock) and self.append_record(CLOCK_RECORD, clock):
            self._clock = clock

    def _write(self, action: Callable[[JournalWriter], None]) -> bool:
        if self._journal is None:
            return False
        try:
            action(self._journal)
        except SessionError as error:
            self._give_up(self._journal, error)
            return False
        return True

    def _give_up(self, journal: JournalWriter, error: SessionError) -> None:
        self.trouble = error
        self._written_bytes += journal.n_bytes
        self._journal = None
        self._tried = time.monotonic()
        try:
            journal.close()
        except SessionError as also:
            self.trouble = also

    def _reopen(self, now: float) -> bool:
        self._tried = now
        try:
            self._journal = self._begin()
        except SessionError as error:
            self.trouble = error
            return False
        self.trouble = None
        self._owed.settle(lambda message: self._write(lambda journal: journal.append(message)))
        return self._journal is not None

    def _begin(self) -> JournalWriter:
        self._clock = clock_now()
        return JournalWriter(self.folder, {**self._provenance, "clock": self._clock})
