"""The shell: every message of the rig in, a journal out."""

import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from emgrig.control import Servicer, recorder_pb2_grpc
from emgrig.errors import Problem, RequestError, SettingsError
from emgrig.messages import Kind, Moment
from emgrig.runtime import Context

from emgrig_recorder.books import TakeBooks
from emgrig_recorder.claiming import Claim
from emgrig_recorder.commands import Commands
from emgrig_recorder.config import RecorderSettings
from emgrig_recorder.finishing import Finisher, OwedSessions
from emgrig_recorder.recording import Positions, Recording
from emgrig_recorder.recovery import Interrupted, find_interrupted
from emgrig_recorder.sessions import RecorderControl
from emgrig_recorder.take import Take

__all__ = ["RecorderService"]

RECORDED = frozenset({Kind.CHUNK, Kind.EVENT, Kind.PREDICTION, Kind.POSE})
TICK_S = 0.2

DRAIN_S = 5.0
"""How long the end of a take waits for what is here and not written; we have 8 s to end."""

WORDS_S = 1.5
"""How long that waits for the health of who is back, or was not heard since we are: it comes once a
second, and a connection takes a moment."""


class RecorderService:
    """Receive in one thread; commands come in others and meet it in `Recording`."""

    def __init__(self, settings: RecorderSettings, context: Context) -> None:
        self.context = context
        self._settings = settings
        self._sessions_dir = context.rig.sessions_dir
        _make(self._sessions_dir)
        self._claim = Claim(context.rig.data_dir, context.stopping)
        topics = [f"{kind}/" for kind in sorted(RECORDED)] + ["health/"]
        self._subscriber = context.subscribe(settings.sources, topics, keep="all")
        self._recording = Recording(context)
        self._subscriber.waits = self._recording.take_in_early
        self._finisher = Finisher(self._sessions_dir)
        self._sessions = OwedSessions(self._finisher, context)
        self._commands = Commands(
            context, self._recording, self._sessions, sync_s=settings.sync_s, now=self._now
        )

    def servicers(self) -> list[Servicer]:
        """Return the recorder's control service."""
        register = recorder_pb2_grpc.add_RecorderServicer_to_server
        control = RecorderControl(self._commands)
        return [Servicer(register, control, "emgrig.control.v1.Recorder")]

    def run(self) -> None:
        """Take up interrupted recordings, then receive until told to stop."""
        self.context.thread("sessions", self._sessions.work)
        self._recover()
        while not self.context.stopping.is_set():
            self._step(TICK_S)
            if self._recording.is_ending:
                self._wait_for_words()
                self._drain()
                with suppress(RequestError):  # whoever asked is told
                    self._recording.end("stopped", is_final=False)
        self._drain()

    def close(self) -> None:
        """End a running take in order; its session is made when the recorder starts again.

        After a fault of ours it is not ended: the recorder that is started then goes on with it.
        """
        if self.context.is_faulty:
            self._recording.leave()
        else:
            with suppress(RequestError):  # none is running
                self._recording.end("stopped", is_final=True)
        self._finisher.close()
        self._claim.close()

    def _step(self, timeout_s: float) -> bool:
        """Take in one message; returns whether there was one."""
        message = self._subscriber.receive(timeout_s)
        if message is not None:
            self._recording.take_in(message)
        self._fetch(self._recording.tick())
        return message is not None

    def _drain(self) -> None:
        """Take in what came or was fetched and is not written yet, gaps or not."""
        deadline = time.monotonic() + DRAIN_S
        while self._recording.is_running and (self._step(0.0) or self._subscriber.settle()):
            if time.monotonic() >= deadline:
                self.context.log.warning("messages left out at the end", after_s=DRAIN_S)
                return

    def _wait_for_words(self) -> None:
        """Take in what comes until nobody is late with a word of what it sent."""
        deadline = time.monotonic() + WORDS_S
        while self._recording.is_owed and time.monotonic() < deadline:
            if self.context.stopping.is_set():
                return
            self._step(TICK_S)

    def _fetch(self, positions: Positions) -> None:
        """Ask every producer for what came after the last thing written."""
        for source, topics in positions.items():
            for topic, (epoch, next_seq) in topics.items():
                self._subscriber.resume(source, topic, epoch, next_seq)

    def _now(self) -> Moment:
        return Moment(self._subscriber.sent)

    def _recover(self) -> None:
        """Go on with the newest recording that was cut off; finish the others."""
        max_age_s = self._settings.resume_max_age_s
        resumable, closed, unusable = find_interrupted(self._sessions_dir, max_age_s)
        if resumable is not None:
            self._resume(resumable)
        self._commands.recovered.set()
        self._fetch(self._recording.missed())
        for folder, reason in unusable.items():
            self.context.trouble(f"session {folder.name}", reason)
        for folder in closed:
            self.context.thread(f"finish {folder.name}", partial(self._finish, folder))

    def _resume(self, interrupted: Interrupted) -> None:
        take = Take(
            interrupted.folder,
            interrupted.provenance,
            sync_s=self._settings.sync_s,
            began=interrupted.began,
            counts=interrupted.counts,
        )
        self._subscriber.join(interrupted.began)
        self._recording.resume(take, TakeBooks.from_document(interrupted.books))
        self.context.log.warning("recording resumed", session=take.session)

    def _finish(self, folder: Path) -> None:
        with suppress(RequestError):  # it is a trouble, and tried again
            self._sessions.make(folder)


def _make(sessions_dir: Path) -> None:
    try:
        sessions_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            Problem(
                "rig.toml, [rig] data_dir",
                f"expected a folder {sessions_dir} to write sessions to, got: {error}",
                "make it, let this user write there, or name another one",
            )
        ) from error
