"""What a person may ask of the recorder while it runs: start, stop, discard, label."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

from emgrig.errors import RequestError
from emgrig.messages import MAX_TIME_S, Moment
from emgrig.recording import RECORDING_SUFFIX, session_name
from emgrig.runtime import Context

from emgrig_recorder.finishing import OwedSessions
from emgrig_recorder.provenance import provenance_of
from emgrig_recorder.recording import Recording
from emgrig_recorder.recovery import remove_recording
from emgrig_recorder.take import Take, TakeState

__all__ = ["Commands"]

RECOVERY_WAIT_S = 3.0
"""How long a command waits for recordings that were cut off; a caller waits 5 s for its answer."""


class Commands:
    """Called by control threads.

    Args:
        context: This process.
        recording: What is recorded.
        sessions: Makes them.
        sync_s: Time between two fsyncs of a journal.
        now: Returns the moment by the sources' clocks.

    Attributes:
        recovered: Set when recordings that were cut off have been looked for.
    """

    def __init__(
        self,
        context: Context,
        recording: Recording,
        sessions: OwedSessions,
        *,
        sync_s: float,
        now: Callable[[], Moment],
    ) -> None:
        self.recovered = Event()
        self._context = context
        self._recording = recording
        self._sessions = sessions
        self._sync_s = sync_s
        self._now = now

    @property
    def sessions_dir(self) -> Path:
        """Folder of finished sessions and of recordings."""
        return self._context.rig.sessions_dir

    @property
    def is_finishing(self) -> bool:
        """Whether a session is being made."""
        return self._sessions.is_busy

    def state(self) -> TakeState | None:
        """Return what the running take has come to, None without one."""
        return self._recording.state()

    def start(self, take_name: str, protocol: str = "") -> None:
        """Begin a take.

        Args:
            take_name: Free text.
            protocol: Id of the protocol that begins it; empty where a person does.

        Raises:
            RequestError: One is running, or may be about to go on.
            SessionError: The journal cannot be written.
        """
        self._wait_for_recovery()
        provenance = provenance_of(self._context.rig, take_name, protocol)

        def make() -> Take:
            folder = self.sessions_dir / f"{session_name(datetime.now())}{RECORDING_SUFFIX}"
            return Take(folder, provenance, sync_s=self._sync_s, began=self._now())

        self._recording.begin(make)

    def stop(self) -> Path:
        """End the take behind what has been sent until now, and make its session.

        Raises:
            RequestError: None is running, the journal cannot be completed (the take goes on), or
                the session cannot be made now (it is made as soon as that is possible).
        """
        self._wait_for_recovery()
        return self._sessions.make(self._recording.ask_to_stop().result().folder)

    def discard(self) -> None:
        """End the take and throw it away.

        Raises:
            RequestError: None is running, or its folder cannot be removed.
        """
        self._wait_for_recovery()
        remove_recording(self._recording.end("discarded", is_final=True).folder)

    def label(self, class_name: str, t: float) -> None:
        """Set the label from a time on.

        Args:
            class_name: A class of the rig; empty ends the current label.
            t: LSL clock, seconds; 0 for that of the newest recorded sample.

        Raises:
            RequestError: No such class, no such time, or no take is running.
        """
        if not abs(t) < MAX_TIME_S:
            raise RequestError(f"expected a time on the LSL clock in seconds, got {t}; 0 = now")
        classes = self._context.rig.classes
        if class_name and class_name not in classes:
            raise RequestError(
                f"expected a class of {', '.join(classes)}, got {class_name!r}; "
                "add it to [rig] classes in rig.toml"
            )
        index = classes.index(class_name) if class_name else -1
        self._wait_for_recovery()
        self._recording.label({"name": class_name, "class_index": index, "t": t})

    def _wait_for_recovery(self) -> None:
        if not self.recovered.wait(RECOVERY_WAIT_S):
            raise RequestError(
                f"expected the recordings in {self.sessions_dir} to be looked through, got some "
                "that take longer; one may go on where it was cut off, ask again in a moment"
            )
