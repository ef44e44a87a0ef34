"""Receive messages under a declared loss policy."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, cast

import zmq

from emgrig.config import Endpoints
from emgrig.errors import FrameError
from emgrig.messages import Kind, Ledger, Message, Moment, decode_frames, sent_ns
from emgrig.transport.admission import Admission
from emgrig.transport.connections import ConnectionWatch, Reconnector, configure
from emgrig.transport.filling import Filler

__all__ = ["Keep", "Source", "Subscriber"]

Keep = Literal["latest", "all"]

HIGH_WATER_MARK: Mapping[Keep, int] = {"latest": 200, "all": 2000}
"""What waits in libzmq of each producer: at 320 channels 105 MB of windows, or 82 MB of chunks."""
MAX_DRAINED = 1000  # messages at once, so that a flood cannot keep the caller from its deadline


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
        pids: Source -> its process id, by its newest health; 0 where it does not tell.
        newest: Topic -> monotonic seconds of its newest message.
        refusal: The newest refused message's error, or None.
        connections: Whose connection ended.
        waits: Told of each message that came and waits for others before it.
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
        self.pids: dict[str, int] = {}
        self.newest: dict[str, float] = {}
        self.refusal: FrameError | None = None
        self.waits: Callable[[Message], None] = lambda _: None
        self._keep = keep
        self._admission = Admission(source.name for source in sources)
        self._pending: deque[Message] = deque()
        self._filler = Filler(
            {source.name: source.endpoints.replay for source in sources},
            self.heard,
            self._admission,
            self.ledger,
        )
        self._opened_ns = time.monotonic_ns()
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        addresses = {s.endpoints.publish: s.name for s in sources}
        self.connections = ConnectionWatch(self._socket, addresses)
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        if wake_fd is not None:
            self._poller.register(wake_fd, zmq.POLLIN)
        healths = (f"health/{source.name}" for source in self.sources)
        configure(self._socket, [*self.topics, *healths], HIGH_WATER_MARK[keep])
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
        while not self._fill(deadline):
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
        self._filler.joined.heard.setdefault(source, ("", 0))
        # What came already and waits is behind what is fetched now, each number once.
        waiting = [m for m in self._pending if (m.source, m.topic) == (source, topic)]
        waiting += self._filler.withdraw(source, topic)
        self._pending = deque(m for m in self._pending if (m.source, m.topic) != (source, topic))
        self._filler.expect(source, topic, epoch, next_seq)
        for message in waiting:
            self._sort_in(message)

    def settle(self) -> bool:
        """Wait no longer for what is missing; returns whether `receive` has something now."""
        self._pending.extend(self._filler.settle())
        return bool(self._pending)

    def join(self, moment: Moment) -> None:
        """Take it that we heard the sources of a moment from then on; before the first message.

        Of a source that is not among them all is for us: it was first heard later.
        """
        self._filler.joined.heard.update(moment.heard)
        self._opened_ns = 0

    def close(self) -> None:
        """Disconnect; twice is harmless."""
        self.connections.close()
        self._socket.close(linger=0)

    def _drain(self) -> None:
        for _ in range(MAX_DRAINED):
            if not cast(int, self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                break
            self._take(self._socket.recv_multipart(), time.monotonic_ns())
        if self._keep == "latest" and len(self._pending) > 1:
            self._supersede()

    def _take(self, frames: list[bytes], received_ns: int) -> None:
        try:
            message = decode_frames(frames, received_ns)
            self._admission.check_source(message)
            self._note_heard(message)
            if message.kind == Kind.HEALTH:
                self._note_health(message)
        except FrameError as error:
            self._refuse(error)
            return
        if self._is_wanted(message.topic):
            self._sort_in(message)

    def _note_heard(self, message: Message) -> None:
        source, sent = message.source, sent_ns(message)
        epoch, _ = self.sent.get(source, ("", 0))
        self.heard[source] = message.received_ns * 1e-9
        self.sent[source] = (message.epoch, sent)
        if epoch == message.epoch:
            return
        # Its clock when we began to listen; that this message was on its way is nothing to us.
        opened_ns = sent - (message.received_ns - self._opened_ns)
        self._filler.joined.heard.setdefault(source, (message.epoch, opened_ns))

    def _note_health(self, message: Message) -> None:
        """Ask for what a health document says was sent and did not come, on whatever topic."""
        source, epoch = message.source, message.epoch
        self.pids[source] = message.fields.get("pid", 0)
        if self._keep != "all":
            return
        for topic, n_sent in message.fields.get("sent", {}).items():
            if self._is_wanted(topic) and self._filler.can_replay(source, topic):
                is_new_epoch, missing, _ = self._admission.reach(source, topic, epoch, n_sent)
                is_joining = is_new_epoch and self._is_joined(source, epoch)
                self._filler.lack((source, topic), epoch, missing, is_joining=is_joining)

    def _sort_in(self, message: Message) -> None:
        """Put a message where it belongs, and fill or write down what did not come before it."""
        try:
            is_new_epoch, missing, is_duplicate = self._admission.observe(message)
        except FrameError as error:
            self._refuse(error)
            return
        self.newest[message.topic] = message.received_ns * 1e-9
        is_joining = is_new_epoch and self._is_joined(message.source, message.epoch)
        if is_duplicate:
            self.ledger.lose(message.topic, "duplicate")
        elif self._keep == "latest" or not self._filler.can_replay(message.source, message.topic):
            gone = "overrun" if self._keep == "latest" else "not_replayed"
            self.ledger.lose(message.topic, "before_join" if is_joining else gone, len(missing))
            self._pending.append(message)
        else:
            released = self._filler.add(message, missing, is_joining=is_joining)
            if not released:
                self.waits(message)
            self._pending.extend(released)

    def _fill(self, deadline: float) -> bool:
        """Ask for what is missing where nothing else is there; returns whether something is."""
        if not self._pending and self._keep == "all":
            self._pending.extend(self._filler.fill(deadline))
        return bool(self._pending)

    @property
    def back_filled(self) -> int:
        """Messages that came from replay rings."""
        return self._filler.n_filled

    def _supersede(self) -> None:
        newest = {message.topic: message for message in self._pending}
        for message in self._pending:
            if newest[message.topic] is not message:
                self.ledger.lose(message.topic, "superseded")
        self._pending = deque(newest.values())

    def _is_joined(self, source: str, epoch: str) -> bool:
        return self._filler.joined.heard[source][0] == epoch

    def _is_wanted(self, topic: str) -> bool:
        return topic in self.topics or topic.startswith(self._prefixes)

    def _refuse(self, error: FrameError) -> None:
        # The topic of a message that cannot be read is not to be trusted: one name for all.
        self.ledger.receive("invalid")
        self.ledger.refuse("invalid", error.reason)
        self.refusal = error
