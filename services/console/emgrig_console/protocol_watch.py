"""The protocol that the rig runs as a long action, whoever began it; it needs no console."""

import time
from collections.abc import Callable
from typing import Any

from emgrig.config import RecordingProtocol
from emgrig.control import BRIDGE_ENDED, RigClient, cancel_protocol, start_protocol

from emgrig_console.jobs import Job, JobState, Progress
from emgrig_console.polling import Polled, Polls
from emgrig_console.run_watch import RunWatch

__all__ = ["ProtocolWatch"]

SILENT = Progress(words="vhi-bridge does not answer")
ENDING = Progress(words="making the session file")


class ProtocolWatch(RunWatch):
    """What vhi-bridge cues by itself, or did last.

    Args:
        client: Commands to it.
        polls: Its answers.
        replaced: Told what was said of one when the next one takes its place undismissed.
    """

    lost = BRIDGE_ENDED

    def __init__(
        self, client: RigClient, polls: Polls, *, replaced: Callable[[Job | None], object]
    ) -> None:
        super().__init__(polls, "hand", replaced=replaced)
        self._client = client

    @property
    def is_running(self) -> bool:
        """Whether one is heard to go on: the take of a bridge that is gone is stopped by hand."""
        polled, status = self._newest()
        return polled.is_live and bool(status.running)

    def status_of(self, answer: Any) -> Any:
        """Return the ``ProtocolStatus`` of a hand's status."""
        return answer.recording_protocol

    def job_of(self, status: Any, polled: Polled) -> Job:
        """Return a ``ProtocolStatus`` as a long action."""
        title = f"Protocol {status.name}".strip()
        if status.running:
            progress = _progress(status, polled.age_s) if polled.is_live else SILENT
            can_cancel = polled.is_live and bool(status.gesture)
            started = time.monotonic() - polled.age_s - status.elapsed_s
            return Job(title, can_cancel, progress=progress, started=started)
        if not status.error:
            return Job(title, state=JobState.DONE, result=status.session)
        state = JobState.CANCELLED if status.cancelled else JobState.FAILED
        return Job(title, state=state, error=status.error)

    def start(self, plan: RecordingProtocol) -> None:
        """Begin to record one.

        Raises:
            RequestError: A gesture is none, a protocol or a take runs already.
            PeerError: vhi-bridge or the recorder does not answer.
        """
        start_protocol(self._client, plan, plan.take, plan.take)
        self._polls.hurry("hand", "recording")

    def cancel(self) -> None:
        """End the one under way; what was recorded is kept.

        Raises:
            PeerError: vhi-bridge does not answer.
        """
        cancel_protocol(self._client)
        self._polls.hurry("hand", "recording")


def _progress(status: Any, age_s: float) -> Progress:
    total_s = status.elapsed_s + status.remaining_s
    if not status.gesture:
        return ENDING if status.step else Progress(0.0, "beginning", status.remaining_s)
    # Between two answers the time goes on.
    left_s = max(0.0, status.remaining_s - age_s)
    words = f"{status.gesture}, step {status.step} of {status.n_steps}"
    return Progress(1 - left_s / total_s, words, left_s)
