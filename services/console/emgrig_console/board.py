"""What the bus said, as it is now: written by the bus thread, read by every page."""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from math import inf, nan
from typing import Any

import numpy as np
from emgrig.messages import Kind, Message
from emgrig.recording import to_standard

from emgrig_console.sightings import Cue, Health, LogLine, Pose, TopicRow

__all__ = ["Board", "lag_of"]

MOST_LOG_LINES = 2000
RATE_SPAN_S = 5.0
MOST_TOPICS = 500
MOST_CUES = 50
POSE_OF = {"vhi_control": "control", "vhi_predict": "predicted"}
N_POSE = 9
STALE_SPEC_S = 2.5
LEAST_LAG_S, MOST_LAG_S = -0.1, 600.0
"""No queue of the bus holds more, and nothing comes before it is measured."""


def lag_of(t_last: float, now: float) -> float:
    """Return how old a sample was when it came, seconds; nan where another clock timed it.

    Args:
        t_last: LSL clock of the host that measured it, seconds.
        now: LSL clock of this host.
    """
    lag_s = now - t_last
    return max(0.0, lag_s) if LEAST_LAG_S <= lag_s <= MOST_LAG_S else nan


class _Topic:
    """Counts of one topic of one source."""

    def __init__(self, message: Message) -> None:
        self.epoch, self.seq, self.n_missed = message.epoch, message.seq - 1, 0
        self.seen: deque[tuple[float, int]] = deque()
        self.fs, self.n_channels, self.lag_s = 0.0, 0, 0.0

    def put(self, message: Message, now: float, lag_s: float) -> None:
        if message.epoch == self.epoch:
            self.n_missed += max(0, message.seq - self.seq - 1)
        self.epoch, self.seq, self.lag_s = message.epoch, message.seq, lag_s
        is_chunk = message.kind == Kind.CHUNK
        self.fs = message.fs if is_chunk else 0.0
        self.n_channels = message.data.shape[1] if is_chunk else 0
        self.seen.append((now, len(message.data) if is_chunk else 1))
        while self.seen[0][0] < now - RATE_SPAN_S:
            self.seen.popleft()

    def row(self, topic: str, source: str, now: float) -> TopicRow:
        # Between the first and the last of the span, so that an edge does not cut the rate.
        recent = [(t, n) for t, n in self.seen if t >= now - RATE_SPAN_S]
        watched_s = recent[-1][0] - recent[0][0] if recent else 0.0
        rate_hz = sum(n for _, n in recent[1:]) / watched_s if watched_s else 0.0
        return TopicRow(
            topic=topic,
            source=source,
            rate_hz=rate_hz,
            declared_hz=self.fs,
            age_s=now - self.seen[-1][0],
            lag_s=self.lag_s,
            watched_s=watched_s,
            n_missed=self.n_missed,
            n_channels=self.n_channels,
        )


class Board:
    """The newest of everything; `put` by one thread, the rest by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._healths: dict[str, tuple[Mapping[str, Any], float]] = {}
        self._topics: dict[tuple[str, str], _Topic] = {}
        self._poses: dict[str, tuple[tuple[float, ...], float]] = {}
        self._logs: deque[LogLine] = deque(maxlen=MOST_LOG_LINES)
        self._n_lines = 0
        self._cues: deque[Cue] = deque(maxlen=MOST_CUES)
        self._spec: tuple[object, float] = (None, -inf)
        self._epochs: dict[str, str] = {}
        self._restarts: Counter[str] = Counter()

    def put(self, message: Message, now: float, lag_s: float = 0.0) -> bool:
        """Take note of a message.

        Args:
            message: From the bus; a program of somebody else may have sent it.
            now: Monotonic seconds.
            lag_s: How old its newest sample is, seconds; nan where that is not known.

        Returns:
            Whether it is what its topic promises; else nothing but its topic was noted.
        """
        with self._lock:
            if message.kind == Kind.HEALTH:
                self._put_health(message, now)
            elif message.kind == Kind.LOG:
                self._put_log(message)
            else:
                return self._put_data(message, now, lag_s)
        return True

    def _put_health(self, message: Message, now: float) -> None:
        before = self._epochs.get(message.source, message.epoch)
        self._restarts[message.source] += message.epoch != before
        self._epochs[message.source] = message.epoch
        self._healths[message.source] = (message.fields, now)

    def _put_data(self, message: Message, now: float, lag_s: float) -> bool:
        key = (message.topic, message.source)
        if key not in self._topics and len(self._topics) >= MOST_TOPICS:
            return True
        self._topics.setdefault(key, _Topic(message)).put(message, now, lag_s)
        if message.kind == Kind.FEATURES:
            self._spec = (message.fields.get("spec"), now)
        if message.kind == Kind.EVENT and message.stream == "cue":
            return self._put_cue(message.fields)
        if message.stream in POSE_OF and message.kind == Kind.CHUNK and len(message.data):
            return self._put_pose(message, now)
        return True

    def _put_cue(self, fields: Mapping[str, Any]) -> bool:
        name, t = fields.get("name"), fields.get("t")
        if not isinstance(name, str) or not isinstance(t, int | float):
            return False
        self._cues.append(Cue(name, float(t)))
        return True

    def _put_pose(self, message: Message, now: float) -> bool:
        if message.data.shape[1] != N_POSE:
            return False
        convention = str(message.fields.get("pose_convention", ""))
        row = to_standard(message.data[-1:].astype(np.float64), message.stream, convention)[0]
        self._poses[POSE_OF[message.stream]] = (tuple(row.tolist()), now)
        return True

    def _put_log(self, message: Message) -> None:
        fields = dict(message.fields)
        level, event = str(fields.pop("level", "info")), str(fields.pop("event", ""))
        timestamp = str(fields.pop("timestamp", ""))
        text = " ".join(f"{key}={value}" for key, value in fields.items())
        line = LogLine(self._n_lines, message.source, level, event, text, timestamp)
        self._n_lines += 1
        self._logs.append(line)

    @staticmethod
    def now() -> float:
        """The board's clock, monotonic seconds."""
        return time.monotonic()

    def health(self, process: str) -> Health | None:
        """Return a process's newest words; None where it never spoke."""
        with self._lock:
            known = self._healths.get(process)
        return None if known is None else Health(known[0], self.now() - known[1])

    def restarts(self, process: str) -> int:
        """Return how often a process came back since the console watches."""
        with self._lock:
            return self._restarts[process]

    def is_stale(self, process: str) -> bool:
        """Whether a process was not heard for so long that nothing of it is live."""
        health = self.health(process)
        return health is None or health.is_stale

    def topics(self) -> list[TopicRow]:
        """Return every topic seen, by name."""
        now = self.now()
        with self._lock:
            return [state.row(*key, now) for key, state in sorted(self._topics.items())]

    def newest(self, topic: str) -> TopicRow | None:
        """Return a topic as its liveliest source sends it; None where nobody does."""
        now = self.now()
        with self._lock:
            known = [key for key in self._topics if key[0] == topic]
            rows = [self._topics[key].row(*key, now) for key in known]
        return min(rows, key=lambda row: row.age_s, default=None)

    @property
    def live_spec(self) -> object:
        """What the features are made of now, as their sender says it; None where none come."""
        with self._lock:
            spec, at = self._spec
        return spec if self.now() - at <= STALE_SPEC_S else None

    def logs(self) -> tuple[int, list[LogLine]]:
        """Return how many lines were said so far, and the newest of them."""
        with self._lock:
            return self._n_lines, list(self._logs)

    @property
    def cue(self) -> Cue | None:
        """The newest cue."""
        return next(reversed(self.cues()), None)

    def cues(self) -> list[Cue]:
        """Return the newest cues, oldest first."""
        with self._lock:
            return list(self._cues)

    def pose(self, which: str) -> Pose | None:
        """Return what the ``control`` or the ``predicted`` hand shows; None where nothing came."""
        with self._lock:
            known = self._poses.get(which)
        return None if known is None else Pose(known[0], self.now() - known[1])
