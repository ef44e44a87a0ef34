"""The recorder without a network: its service on messages that a test puts before it."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from emgrig.control import recorder_pb2
from emgrig.errors import SettingsError
from emgrig.messages import Hop, Message, Moment, pack_timestamps
from emgrig.recording import list_recordings, read_journal
from emgrig.runtime import Context
from emgrig.testing import make_rig
from emgrig_recorder.config import RecorderSettings
from emgrig_recorder.service import RecorderService

FS = 2048.0
N = 32


def chunk(seq: int, *, sent_ns: int = 1, source: str = "emg-acquirer") -> Message:
    """Return a chunk of EMG that was sent at a time of its source's clock."""
    times = 100.0 + (seq * N + np.arange(N)) / FS
    return Message(
        topic="chunk/emg",
        source=source,
        epoch="e",
        seq=seq,
        t_first=times[0],
        t_last=times[-1],
        sample_index=seq * N,
        fs=FS,
        data=np.zeros((N, 2), np.float32),
        trace=(Hop(source, sent_ns, sent_ns),),
        fields={"timestamps": pack_timestamps(times), "channel_names": ["a", "b"]},
    )


class Waiting:
    """Stands for the subscriber: hands out what was put into it."""

    def __init__(self) -> None:
        self.pending: deque[Message] = deque()
        self.sent: dict[str, tuple[str, int]] = {}
        self.resumed: list[tuple[str, str, str, int]] = []
        self.may_resume = threading.Event()
        self.may_resume.set()
        self.is_resuming = threading.Event()
        self._filled = threading.Event()

    def put(self, *messages: Message) -> None:
        """Let the next `receive` have them."""
        self.pending.extend(messages)
        self._filled.set()

    def receive(self, timeout_s: float) -> Message | None:
        """Return the oldest message, None when none comes in time."""
        self._filled.wait(min(timeout_s, 0.02))
        self._filled.clear()
        return self.pending.popleft() if self.pending else None

    def resume(self, source: str, topic: str, epoch: str, next_seq: int) -> None:
        """Note what was asked for, when the producer answers."""
        self.is_resuming.set()
        self.may_resume.wait(10)
        self.resumed.append((source, topic, epoch, next_seq))

    def settle(self) -> bool:
        """Nothing is missing here."""
        return False

    def join(self, moment: Moment) -> None:
        """Nothing is fetched here."""


class Recorder:
    """A service in a thread, and its control service."""

    def __init__(self, folder: Path, monkeypatch: Any) -> None:
        self.subscriber = Waiting()
        settings = RecorderSettings.model_validate({})
        self.context = Context("recorder", make_rig(folder, {}), settings)
        monkeypatch.setattr(self.context, "subscribe", lambda *_, **__: self.subscriber)
        try:
            self.service = RecorderService(settings, self.context)
        except SettingsError:
            self.context.close(1)
            raise
        self.control: Any = self.service.servicers()[0].implementation
        self._thread = threading.Thread(target=self.service.run)

    def start(self) -> None:
        """Begin a take."""
        self.control.Start(recorder_pb2.StartRecordingRequest(), None)

    @property
    def recordings(self) -> list[Path]:
        """Recordings without a session."""
        return list_recordings(self.context.rig.sessions_dir)

    def recorded(self) -> list[int]:
        """Return the numbers of the chunks in the newest recording."""
        with read_journal(self.recordings[-1]) as journal:
            return [message.seq for message in journal.messages() if message.stream == "emg"]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Receive, and end as the process does."""
        self._thread.start()
        try:
            yield
        finally:
            self.context.stop("test")
            self._thread.join(20)
            self.service.close()
            self.context.close(5)
