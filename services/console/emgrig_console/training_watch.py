"""The trainer's run as a long action, whoever began it; it goes on without this console."""

import time
from collections.abc import Callable
from typing import Any

from emgrig.control import RigClient, trainer_pb2

from emgrig_console.jobs import Job, JobState, Progress
from emgrig_console.polling import Polled, Polls
from emgrig_console.run_watch import RunWatch

__all__ = ["TrainingWatch"]

STAGES = {"windows": "cutting windows", "validate": "validating", "fit": "fitting", "done": "done"}
LOST = "the trainer ended while it ran; nothing was written, train again"
SILENT = Progress(words="the trainer does not answer")


class TrainingWatch(RunWatch):
    """What the trainer does or did last.

    Args:
        client: Commands to the trainer.
        polls: Its answers.
        replaced: Told what was said of a run when the next one takes its place undismissed.
    """

    lost = LOST

    def __init__(
        self, client: RigClient, polls: Polls, *, replaced: Callable[[Job | None], object]
    ) -> None:
        super().__init__(polls, "training", replaced=replaced)
        self._client = client

    def job_of(self, status: Any, polled: Polled) -> Job:
        """Return a ``TrainingStatus`` as a long action."""
        return training_job(status, polled)

    def start(self, request: Any) -> str:
        """Begin a run; returns its id.

        Args:
            request: ``TrainRequest``.

        Raises:
            RequestError: The trainer refuses.
            PeerError: The trainer does not answer.
        """
        status = self._client.call("trainer", "Trainer.StartTraining", request)
        self._polls.hurry("training")
        return str(status.run_id)

    def cancel(self) -> None:
        """Cancel the run.

        Raises:
            PeerError: The trainer does not answer.
        """
        request = trainer_pb2.CancelTrainingRequest()
        self._client.call("trainer", "Trainer.Cancel", request)
        self._polls.hurry("training", "models")

    def result_of(self, run_id: str) -> str | None:
        """Return the model of a run that ended; empty where it made none, None before its end."""
        status: Any = self._polls.get("training").value
        has_ended = status is not None and status.run_id == run_id and not status.running
        return str(status.model_id) if has_ended else None


def training_job(status: Any, polled: Polled) -> Job:
    """Return a ``TrainingStatus`` as a long action.

    Args:
        status: It, with a run in it.
        polled: The answer that it came with, or did not.
    """
    if status.running:
        now = status.progress
        share = now.done / now.total if now.total else None
        words = STAGES.get(now.stage, now.stage)
        progress = Progress(share, words, now.remaining_s or None) if polled.is_live else SILENT
        started = time.monotonic() - polled.age_s - now.elapsed_s
        return Job("Training", polled.is_live, progress=progress, started=started)
    if status.model_id:
        return Job("Training", state=JobState.DONE, result=status.model_id)
    state = JobState.CANCELLED if status.cancelled else JobState.FAILED
    return Job("Training", state=state, error=status.error)
