"""The shell: every message of the rig in, a journal out."""

import math
import shutil
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from emgrig.control import Servicer, recorder_pb2_grpc
from emgrig.errors import RequestError
from emgrig.messages import Kind, Message
from emgrig.recording import RECORDING_SUFFIX, session_name
from emgrig.runtime import Context

from emgrig_recorder.books import TakeBooks, ledger_of
from emgrig_recorder.config import RecorderSettings
from emgrig_recorder.finish import finish_in_process
from emgrig_recorder.provenance import provenance_of
from emgrig_recorder.recovery import find_interrupted
from emgrig_recorder.sessions import RecorderControl
from emgrig_recorder.take import Take

__all__ = ["RecorderService"]

RECORDED = frozenset({Kind.CHUNK, Kind.EVENT, Kind.PREDICTION, Kind.POSE})
TICK_S = 0.2
LEDGER_S = 10.0
"""Time between two ledgers in the journal: what a power cut may cost of the balance."""

MAX_LABEL_S = 1e10


class RecorderService:
    """Record while a take runs; everything else is done by the control threads.

    The lock is held for the time of one append or one command, never while a session is made.
    """

    def __init__(self, settings: RecorderSettings, context: Context) -> None:
        self.context = context
        self.take: Take | None = None
        self.finishing: set[str] = set()
        self._settings = settings
        self._lock = threading.Lock()
        self._ledgers: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._books = TakeBooks({})
        self._ledger_at = time.monotonic()
        topics = [f"{kind}/" for kind in sorted(RECORDED)] + ["health/"]
        self._subscriber = context.subscribe(settings.sources, topics, keep="all")
        self.sessions_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def sessions_dir(self) -> Path:
        """Folder of finished sessions and of recordings."""
        return self.context.rig.sessions_dir

    def servicers(self) -> list[Servicer]:
        """Return the recorder's control service."""
        register = recorder_pb2_grpc.add_RecorderServicer_to_server
        return [Servicer(register, RecorderControl(self), "emgrig.control.v1.Recorder")]

    def run(self) -> None:
        """Take up interrupted recordings, then receive until told to stop."""
        self._recover()
        while not self.context.stopping.is_set():
            message = self._subscriber.receive(TICK_S)
            with self._lock:
                if message is not None:
                    self._take_in(message)
                if self.take is not None:
                    self._tick(self.take)

    def close(self) -> None:
        """End a running take in order; its session is made when the recorder starts again."""
        with self._lock:
            if self.take is not None:
                self._end(self.take, "stopped", is_final=True)

    def start(self, take_name: str) -> None:
        """Begin a take.

        Raises:
            RequestError: One is running.
            SessionError: The journal cannot be written.
        """
        with self._lock:
            if self.take is not None:
                raise RequestError(
                    f"expected no recording, got {self.take.session} which is running; "
                    "stop or discard it first (emgrig record stop)"
                )
            folder = self.sessions_dir / f"{session_name(datetime.now())}{RECORDING_SUFFIX}"
            provenance = provenance_of(self.context.rig, take_name)
            self.take = Take(folder, provenance, sync_s=self._settings.sync_s)
            self._note_ledger(self.context.name, self.context.publisher.epoch, self._own_ledger())
            self._books = TakeBooks(self._ledgers)
            self._write_books(self.take)
            self._announce(self.take, "started")

    def stop(self) -> Path:
        """End the take and make its session.

        Raises:
            RequestError: None is running, the journal cannot be completed (the take goes on), or
                the session cannot be made.
        """
        take = self._finish_take("stopped")
        self.finishing.add(take.session)
        try:
            return finish_in_process(take.folder, self.sessions_dir)
        finally:
            self.finishing.discard(take.session)

    def discard(self) -> None:
        """End the take and throw it away.

        Raises:
            RequestError: None is running.
        """
        shutil.rmtree(self._finish_take("discarded").folder)

    def label(self, class_name: str, t: float) -> None:
        """Set the label from a time on.

        Args:
            class_name: A class of the rig; empty ends the current label.
            t: LSL clock, seconds; 0 for that of the newest recorded sample.

        Raises:
            RequestError: No such class, no such time, or no take is running.
        """
        if not math.isfinite(t) or abs(t) > MAX_LABEL_S:
            raise RequestError(f"expected a time on the LSL clock in seconds, got {t}; 0 = now")
        classes = self.context.rig.classes
        if class_name and class_name not in classes:
            raise RequestError(
                f"expected a class of {', '.join(classes)}, got {class_name!r}; "
                "add it to [rig] classes in rig.toml"
            )
        index = classes.index(class_name) if class_name else -1
        with self._lock:
            take = self._running()
            fields = {"name": class_name, "class_index": index, "t": t or take.counts.newest_t}
            self._record_own("event/label", fields, take)

    def _take_in(self, message: Message) -> None:
        if message.kind == Kind.HEALTH:
            self._note_ledger(message.source, message.epoch, ledger_of(message.fields))
            self.context.ledger.use(message.topic)
        elif self.take is None:
            self.context.ledger.skip(message.topic, "not_recording")
        elif not self.take.counts.admits(message):
            self.context.ledger.refuse(message.topic, "too_many_forms")
        elif self.take.append(message):
            self.context.ledger.use(message.topic)
            self.context.running()
        else:
            self.context.ledger.skip(message.topic, "not_written")

    def _tick(self, take: Take) -> None:
        if take.tick():
            self._fetch_missed(take)
        if time.monotonic() - self._ledger_at >= LEDGER_S:
            self._ledger_at = time.monotonic()
            self._write_books(take)
        if take.trouble is not None:
            self.context.trouble("disk", str(take.trouble))
        else:
            self.context.clear("disk")

    def _fetch_missed(self, take: Take) -> None:
        """Ask every producer for what came after the last thing written."""
        for (source, topic), (epoch, next_seq) in take.counts.positions.items():
            if source != self.context.name:
                self._subscriber.resume(source, topic, epoch, next_seq)

    def _recover(self) -> None:
        """Go on with the newest recording that was cut off; finish the others."""
        resumable, closed = find_interrupted(self.sessions_dir, self._settings.resume_max_age_s)
        if resumable is not None:
            sync_s, counts = self._settings.sync_s, resumable.counts
            take = Take(resumable.folder, resumable.provenance, sync_s=sync_s, counts=counts)
            with self._lock:
                self.take = take
                self._books = TakeBooks.from_document(resumable.books)
                take.append_record("resumed", {"wall_time": time.time()})
                self._fetch_missed(take)
            self.context.log.warning("recording resumed", session=take.session)
        for folder in closed:
            self.context.thread(f"finish {folder.name}", partial(self._finish, folder))

    def _finish(self, folder: Path) -> None:
        try:
            path = finish_in_process(folder, self.sessions_dir)
        except RequestError as error:
            self.context.trouble(f"session {folder.name}", str(error))
        else:
            self.context.log.info("session finished", path=str(path))

    def _finish_take(self, action: str) -> Take:
        with self._lock:
            take = self._running()
            self._end(take, action, is_final=action == "discarded")
            return take

    def _end(self, take: Take, action: str, *, is_final: bool) -> None:
        self._write_books(take)
        if take.trouble is not None and not is_final:
            raise RequestError(
                f"expected to complete the recording {take.session}, got: {take.trouble}; it goes "
                "on: make room and stop it again, or discard it"
            )
        self._announce(take, action)
        take.close()
        self.take = None
        self.context.clear("disk")

    def _running(self) -> Take:
        if self.take is None:
            raise RequestError(
                "expected a running recording, got none; start one first (emgrig record start)"
            )
        return self.take

    def _announce(self, take: Take, action: str) -> None:
        self._record_own("event/recording", {"action": action, "session": take.session}, take)
        self.context.log.info("recording", action=action, session=take.session)

    def _record_own(self, topic: str, fields: Mapping[str, Any], take: Take) -> None:
        take.append_own(self.context.publisher.send(topic, fields=fields))

    def _own_ledger(self) -> dict[str, Any]:
        return ledger_of({"ledger": self.context.ledger.snapshot()})

    def _note_ledger(self, process: str, epoch: str, ledger: Mapping[str, Any]) -> None:
        self._ledgers[process] = (epoch, ledger)
        if self.take is not None:
            self._books.note(process, epoch, ledger)

    def _write_books(self, take: Take) -> None:
        """Write what every process's ledger gained during the take, as of its newest health."""
        self._note_ledger(self.context.name, self.context.publisher.epoch, self._own_ledger())
        take.append_record("ledger", self._books.gained())
        take.append_record("books", self._books.as_document())
