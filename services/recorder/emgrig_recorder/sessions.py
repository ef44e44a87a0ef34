"""The recorder's control service: requests in, replies out."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emgrig.control import recorder_pb2
from emgrig.errors import RequestError
from emgrig.recording import (
    SESSION_SUFFIX,
    find_trashed,
    list_trashed,
    open_session,
    read_notes,
    rename_session,
    restore,
    session_of,
    summarise_session,
    trash,
    verify_session,
    write_notes,
)

from emgrig_recorder.commands import Commands
from emgrig_recorder.counting import TakeCounts
from emgrig_recorder.presenting import Summaries, assessment, brief, pieces, preview

__all__ = ["RecorderControl"]


class RecorderControl:
    """``emgrig.control.v1.Recorder``; the methods are named by the proto."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._summaries = Summaries()

    def Start(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Begin a take."""
        self._commands.start(request.take_name, request.protocol)
        return self._status()

    def Stop(self, request: Any, context: Any) -> Any:  # noqa: N802
        """End the take; answers when its session is there."""
        return _info(self._commands.stop())

    def Discard(self, request: Any, context: Any) -> Any:  # noqa: N802
        """End the take and throw it away."""
        self._commands.discard()
        return self._status()

    def Label(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Set the current label."""
        self._commands.label(request.class_name, request.t)
        return self._status()

    def GetRecording(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what is being recorded."""
        return self._status()

    def ListSessions(self, request: Any, context: Any) -> Any:  # noqa: N802
        """List the sessions, newest first; one that cannot be opened says why in its name."""
        folder = self._commands.sessions_dir
        lines = [brief(one, read_notes(one.path)) for one in self._summaries.of(folder)]
        return recorder_pb2.ListSessionsReply(sessions=lines, trashed=list_trashed(folder))

    def ShowSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Show one session."""
        return _info(self._path(request.session))

    def RenameSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Give a session another take name."""
        return _info(rename_session(self._path(request.session), request.take_name))

    def DeleteSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Move a session to the trash folder."""
        path = self._path(request.session)
        info = _info(path)
        info.path = str(trash(path))
        return info

    def RestoreSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Move a session out of the trash folder, back to where it was."""
        trashed = find_trashed(self._commands.sessions_dir, request.session)
        if trashed is None:
            raise RequestError(
                f"expected a session in the trash of {self._commands.sessions_dir}, got "
                f"{request.session!r:.100}; it was restored already, or the trash was emptied"
            )
        return _info(restore(trashed))

    def AnnotateSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Keep notes about a session."""
        path = self._path(request.session)
        write_notes(path, request.notes)
        return _info(path)

    def AssessSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what a session is worth."""
        with open_session(self._path(request.session)) as session:
            return assessment(session)

    def PreviewSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Draw a session."""
        with open_session(self._path(request.session)) as session:
            return preview(session, request.columns)

    def DownloadSession(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Send the session file."""
        yield from pieces(self._path(request.session))

    def VerifySession(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Recompute a session's balance from its file."""
        report = verify_session(self._path(request.session))
        return recorder_pb2.VerifyReply(ok=report.is_sound, findings=report.problems)

    def _path(self, session: str) -> Path:
        """Return the file of a session of the folder; names from outside never reach the disk."""
        wanted = session.removesuffix(SESSION_SUFFIX)
        for path in self._commands.sessions_dir.glob(f"*{SESSION_SUFFIX}"):
            if session_of(path) == wanted:
                return path
        raise RequestError(
            f"expected a session in {self._commands.sessions_dir}, got {session!r:.100}; "
            "list them with: emgrig sessions list"
        )

    def _status(self) -> Any:
        take = self._commands.state()
        status = recorder_pb2.RecordingStatus(
            recording=take is not None,
            finishing=self._commands.is_finishing,
            recovering=not self._commands.recovered.is_set(),
        )
        if take is not None:
            status.session = take.session
            status.take_name = take.name
            status.protocol = take.protocol
            status.elapsed_s = time.monotonic() - take.started
            status.label = take.counts.label
            status.journal_bytes = take.n_bytes
            _copy_counts(take.counts, status.streams)
        return status


def _copy_counts(counts: TakeCounts, streams: Any) -> None:
    for name, count in counts.streams.items():
        streams[name].samples = count.samples
        streams[name].gaps = count.gaps
        streams[name].rate_hz = count.rate_hz


def _info(path: Path) -> Any:
    info = brief(summarise_session(path), read_notes(path))
    with open_session(path) as session:
        info.sha256 = session.sha256
    return info
