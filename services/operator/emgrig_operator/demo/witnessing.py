"""Listen to the whole bus while the demo runs, as any other consumer could."""

import os
import threading
from collections import defaultdict
from typing import Self

from emgrig.config import PROCESSES, Rig
from emgrig.errors import PeerLostError
from emgrig.messages import Message
from emgrig.transport import Source, Subscriber

__all__ = ["Witness"]

TOPICS = (
    "chunk/emg",
    "chunk/vhi_control",
    "chunk/vhi_predict",
    "prediction/hand",
    "prediction/gesture",
    "pose/hand",
    "health/",
)


class Witness:
    """Keeps every message of the demo, by topic; a minute of them fits in memory.

    Args:
        rig: Whose bus it is.

    Attributes:
        messages: Topic -> messages in order of arrival; read them after `close`.
    """

    def __init__(self, rig: Rig) -> None:
        self.messages: defaultdict[str, list[Message]] = defaultdict(list)
        self._changed = threading.Condition()
        self._wake_read, self._wake_write = os.pipe()
        endpoints = [(name, rig.endpoints(name)) for name in PROCESSES]
        sources = [Source(name, found) for name, found in endpoints if found.publish]
        self._subscriber = Subscriber(sources, TOPICS, keep="all", wake_fd=self._wake_read)
        self._is_closed = False
        self._thread = threading.Thread(target=self._listen, name="witness")
        self._thread.start()

    def wait_for(self, topic: str, timeout_s: float) -> None:
        """Wait until a topic had its first message.

        Raises:
            PeerLostError: It did not come in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self.messages.get(topic)), timeout_s):
                raise PeerLostError(
                    f"expected messages of {topic} within {timeout_s:.0f} s, got none; "
                    "look at the logs of the rig"
                )

    def close(self) -> None:
        """Stop listening; twice is harmless."""
        if self._is_closed:
            return
        self._is_closed = True
        os.write(self._wake_write, b"\0")
        self._thread.join()
        self._subscriber.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> None:
        while not self._is_closed:
            message = self._subscriber.receive(1.0)
            if message is not None:
                with self._changed:
                    self.messages[message.topic].append(message)
                    self._changed.notify_all()
