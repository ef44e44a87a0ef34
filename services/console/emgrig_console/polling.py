"""Ask the processes how they are, once for all pages."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from emgrig.control import (
    RigClient,
    acquirer_pb2,
    hand_pb2,
    predictor_pb2,
    recorder_pb2,
    trainer_pb2,
)
from emgrig.errors import EmgRigError
from emgrig.runtime.supervision import Program

__all__ = ["QUERIES", "Polled", "Polls", "Query"]

PATIENCE_S = 1.0
"""A process that does not answer in this time is asked again later; its page says so."""

STALE_POLL_S = 2.5
LATE_PERIODS = 2.5
"""How many periods without an answer are no hiccup."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question that is asked again and again.

    Attributes:
        process: Who is asked.
        method: ``Service.Method``.
        request: The question.
        period_s: How often.
    """

    process: str
    method: str
    request: Any
    period_s: float


QUERIES = {
    "source": Query("emg-acquirer", "Acquirer.GetSource", acquirer_pb2.GetSourceRequest(), 1.0),
    "recording": Query(
        "recorder", "Recorder.GetRecording", recorder_pb2.GetRecordingRequest(), 0.5
    ),
    "hand": Query("vhi-bridge", "Hand.GetHand", hand_pb2.GetHandRequest(), 1.0),
    "predictor": Query(
        "predictor", "Predictor.GetPredictor", predictor_pb2.GetPredictorRequest(), 1.0
    ),
    "sessions": Query("recorder", "Recorder.ListSessions", recorder_pb2.ListSessionsRequest(), 2.0),
    "models": Query("trainer", "Trainer.ListModels", trainer_pb2.ListModelsRequest(), 5.0),
    "training": Query("trainer", "Trainer.GetTraining", trainer_pb2.GetTrainingRequest(), 0.5),
}
PROGRAMS_PERIOD_S = 1.0


@dataclass(frozen=True, slots=True)
class Polled:
    """The newest answer.

    Attributes:
        value: What was answered last; None before the first answer.
        age_s: Seconds since that answer.
        error: Why the newest question was not answered; empty when it was.
        due_s: An answer that is older is not shown as live.
    """

    value: Any
    age_s: float
    error: str = ""
    due_s: float = STALE_POLL_S

    @property
    def is_live(self) -> bool:
        """Whether there is an answer that still holds."""
        return self.value is not None and self.age_s <= self.due_s


class Polls:
    """The newest answers; each process is asked in a thread of its own.

    A process that hangs holds up only the questions to it.

    Args:
        client: Who asks.
        programs: Asks supervisor for every program.
    """

    def __init__(self, client: RigClient, programs: Callable[[], list[Program]]) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[Any, float, str]] = {}
        self._hurried = {name: threading.Event() for name in (*QUERIES, "programs")}
        self._stopping = threading.Event()
        self._threads = [
            self._thread(name, query.period_s, partial(_ask, client, query))
            for name, query in QUERIES.items()
        ]
        self._threads.append(self._thread("programs", PROGRAMS_PERIOD_S, programs))

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def get(self, name: str) -> Polled:
        """Return the newest answer to a question."""
        with self._lock:
            value, at, error = self._answers.get(name, (None, 0.0, ""))
        period_s = QUERIES[name].period_s if name in QUERIES else PROGRAMS_PERIOD_S
        due_s = max(STALE_POLL_S, LATE_PERIODS * period_s)
        return Polled(value, time.monotonic() - at, error, due_s)

    def hurry(self, *names: str) -> None:
        """Ask again now: something was just changed."""
        for name in names:
            self._hurried[name].set()

    def close(self) -> None:
        """Stop asking."""
        self._stopping.set()
        self.hurry(*self._hurried)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _thread(self, name: str, period_s: float, ask: Callable[[], Any]) -> threading.Thread:
        def loop() -> None:
            while not self._stopping.is_set():
                self._note(name, ask)
                self._hurried[name].wait(period_s)
                self._hurried[name].clear()

        return threading.Thread(target=loop, name=f"poll {name}", daemon=True)

    def _note(self, name: str, ask: Callable[[], Any]) -> None:
        try:
            answer = (ask(), time.monotonic(), "")
        except EmgRigError as error:
            with self._lock:
                value, at, _ = self._answers.get(name, (None, 0.0, ""))
            answer = (value, at, str(error))
        with self._lock:
            self._answers[name] = answer


def _ask(client: RigClient, query: Query) -> Any:
    return client.call(query.process, query.method, query.request, deadline_s=PATIENCE_S)
