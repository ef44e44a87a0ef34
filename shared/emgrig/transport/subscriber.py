"""Receive messages under a declared loss policy."""

import math
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, cast

import zmq

from emgrig.config import Endpoints
from emgrig.errors import FrameError
from emgrig.messages import Ledger, Message, Moment, decode_frames, sent_ns
from emgrig.transport.admission import Admission
from emgrig.transport.backfill import Backfiller
from emgrig.transport.connections import ConnectionWatch, Reconnector, configure

__all__ = ["Keep", "Source", "Subscriber"]

Keep = Literal["latest", "all"]

LATEST_HIGH_WATER_MARK = 1000
ALL_HIGH_WATER_MARK = 200_000


class Source(NamedTuple):
    """A producer to listen to.

    Attributes:
        name: Process name.
        endpoints: Where it publishes and replays.
    """

    name: str
    endpoints: Endpoints


class Subscriber:
    """The data-plane input of one loop; used by one thread.

    ``latest`` hands out the newest message of each topic and counts what it skipped: never a
    backlog. ``all`` hands out every message in order; gaps are filled from the producer's replay
    ring, and what cannot be filled is counted as lost.

    Only messages of the declared sources count; see `emgrig.transport.admission`.

    Args:
        sources: Producers.
        topics: Topics, or prefixes that end in ``/``.
        keep: The loss policy.
        ledger: Where receipts, skips and refusals are counted.
        wake_fd: A file descriptor that becomes readable when `receive` must return early.

    Attributes:
        heard: Source -> monotonic seconds of its newest message, its health included.
        sent: Source -> (epoch, time by its own clock, ns) of the same message.
        joined: When each source was first heard; what it sent before is not for us.
        newest: Topic -> monotonic seconds of its newest message.
        refusal: The newest refused message's error, or None.
        connections: Whose connection ended.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        topics: Iterable[str],
        *,
        keep: Keep,
        ledger: Ledger | None = None,
        wake_fd: int | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self.topics = tuple(topics)
        self._prefixes = tuple(topic for topic in self.topics if topic.endswith("/"))
        self.ledger = Ledger() if ledger is None else ledger
        self.heard: dict[str, float] = {}
        self.sent: dict[str, tuple[str, int]] = {}
        self.joined = Moment({})
        self.newest: dict[str, float] = {}
        self.refusal: FrameError | None = None
        self._keep = keep
        self._admission = Admission(source.name for source in sources)
        self._pending: deque[Message] = deque()
        self._backfiller = Backfiller({s.name: s.endpoints.replay for s in sources})
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        addresses = {s.endpoints.publish: s.name for s in sources}
        self.connections = ConnectionWatch(self._socket, addresses)
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        if wake_fd is not None:
            self._poller.register(wake_fd, zmq.POLLIN)
        limit = LATEST_HIGH_WATER_MARK if keep == "latest" else ALL_HIGH_WATER_MARK
        own = [f"health/{source.name}" for source in self.sources]
        configure(self._socket, [*self.topics, *own], limit)
        self._reconnector = Reconnector(self._socket, addresses)

    def receive(self, timeout_s: float) -> Message | None:
        """Wait for the next message.

        Returns:
            The message; None when the time is up or the process was told to stop.
        """
        self.ledger.checkpoint()
        now = time.monotonic()
        deadline = now + timeout_s
        self._reconnector.look(now, self.heard)
        while not self._pending:
            left_ms = max(0, math.ceil((deadline - time.monotonic()) * 1000))
            ready = dict(self._poller.poll(left_ms))
            if self._socket in ready:
                self._drain()
            elif ready or left_ms == 0:
                return None
        message = self._pending.popleft()
        self.ledger.receive(message.topic)
        return message

    def resume(self, source: str, topic: str, epoch: str, next_seq: int) -> None:
        """Continue after a stretch in which nothing was used, and fetch what was missed."""
        if not self._admission.resume(source, topic, epoch, next_seq):
            return
        self.joined.heard.setdefault(source, ("", 0))
        # What came already and waits is behind what is fetched now, each number once.
        waiting = [m for m in self._pending if (m.source, m.topic) == (source, topic)]
        held = {(m.epoch, m.seq) for m in waiting}
        fetched = self._backfiller.fetch(source, topic, epoch, next_seq)
        earlier = [m for m in fetched if (m.epoch, m.seq) not in held]
        for message in (*earlier, *waiting):
            self.ledger.lose(topic, "not_replayed", len(self._admission.observe(message).missing))
        self._pending.extendleft(reversed(earlier))

    def join(self, moment: Moment) -> None:
        """Take it that we heard the sources of a moment from then on; before the first message."""
        self.joined.heard.update(moment.heard)

    def close(self) -> None:
        """Disconnect; twice is harmless."""
        self.connections.close()
        self._socket.close(linger=0)

    def _drain(self) -> None:
        # A bounded number of messages, so that a flood cannot keep the caller from its deadline.
        for _ in range(LATEST_HIGH_WATER_MARK):
            if not cast(int, self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                break
            self._take(self._socket.recv_multipart(), time.monotonic_ns())
        if self._keep == "latest" and len(self._pending) > 1:
            self._supersede()

    def _take(self, frames: list[bytes], received_ns: int) -> None:
        try:
            message = decode_frames(frames, received_ns)
            self._admission.check_source(message)
            self.heard[message.source] = received_ns * 1e-9
            self._backfiller.heard(message.source)
            self.sent[message.source] = now_there = (message.epoch, sent_ns(message))
            self.joined.heard.setdefault(message.source, now_there)
            if not self._is_wanted(message.topic):
                return
            observation = self._admission.observe(message)
        except FrameError as error:
            self._refuse(error)
            return
        self.newest[message.topic] = received_ns * 1e-9
        if observation.duplicate:
            self.ledger.lose(message.topic, "duplicate")
            return
        self._account(message, observation.missing, observation.new_epoch)
        self._pending.append(message)

    def _account(self, message: Message, missing: range, new_epoch: bool) -> None:
        """Fill or write down what did not come before this message."""
        n_missing = len(missing)
        if n_missing and new_epoch and self._joined_after(message, missing):
            self.ledger.lose(message.topic, "before_join", n_missing)
        elif n_missing and self._keep == "latest":
            self.ledger.lose(message.topic, "overrun", n_missing)
        elif n_missing:
            self._fill(message, missing)

    def _joined_after(self, message: Message, missing: range) -> bool:
        """Tell whether all that is missing before the first message of a topic is older than us.

        The newest of it is asked for: what its source no longer has is older, too.
        """
        epoch, joined_ns = self.joined.heard[message.source]
        if epoch != message.epoch:
            return False
        if self._keep == "latest" or joined_ns == sent_ns(message):
            return True
        return all(self.joined.is_after(last) for last in self._fetch(message, missing[-1:]))

    def _fill(self, message: Message, missing: range) -> None:
        filled = [earlier for earlier in self._fetch(message, missing) if earlier.seq in missing]
        wanted = [earlier for earlier in filled if not self.joined.is_after(earlier)]
        self._pending.extend(wanted)
        self.ledger.lose(message.topic, "before_join", len(filled) - len(wanted))
        self.ledger.lose(message.topic, "not_replayed", len(missing) - len(filled))

    def _fetch(self, message: Message, numbers: range) -> Iterator[Message]:
        return self._backfiller.fetch(
            message.source, message.topic, message.epoch, numbers[0], numbers[-1]
        )

    @property
    def back_filled(self) -> int:
        """Messages that came from replay rings."""
        return self._backfiller.n_fetched

    def _supersede(self) -> None:
        newest = {message.topic: message for message in self._pending}
        for message in self._pending:
            if newest[message.topic] is not message:
                self.ledger.lose(message.topic, "superseded")
        self._pending = deque(newest.values())

    def _is_wanted(self, topic: str) -> bool:
        return topic in self.topics or topic.startswith(self._prefixes)

    def _refuse(self, error: FrameError) -> None:
        # The topic of a message that cannot be read is not to be trusted: one name for all.
        self.ledger.receive("invalid")
        self.ledger.refuse("invalid", error.reason)
        self.refusal = error
