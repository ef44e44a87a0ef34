"""Put what is missing before what comes after it."""

import math
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace

from emgrig.messages import Ledger, Message, Moment
from emgrig.transport.admission import Admission
from emgrig.transport.backfill import ANSWER_TIMEOUT_S, Answer, Backfiller
from emgrig.transport.backlog import GIVE_UP_S, Backlog, Key, Missing
from emgrig.transport.replay import REPLAYED

__all__ = ["Filler"]


class Filler:
    """Asks for what is missing, and holds back what comes after it until that is settled.

    A producer that does not answer is asked again when it is heard, until `GIVE_UP_S` is over.

    Args:
        addresses: Source -> its replay address.
        heard: Source -> monotonic seconds of its newest message; kept by the owner.
        admission: Where the sequences stand.
        ledger: Where losses are counted.

    Attributes:
        joined: When each source was joined; what it sent before is not for us.
        n_filled: Messages that came from replay rings.
    """

    def __init__(
        self,
        addresses: Mapping[str, str],
        heard: Mapping[str, float],
        admission: Admission,
        ledger: Ledger,
    ) -> None:
        self.joined = Moment({})
        self.n_filled = 0
        self._backfiller = Backfiller(addresses)
        self._backlog = Backlog()
        self._heard = heard
        self._admission = admission
        self._ledger = ledger

    def can_replay(self, source: str, topic: str) -> bool:
        """Whether messages of a sequence can be asked for."""
        return self._backfiller.has_replay(source) and topic.partition("/")[0] in REPLAYED

    def add(self, message: Message, missing: range, *, is_joining: bool) -> list[Message]:
        """Take in a message before which some are missing; returns what waits for nothing.

        Args:
            message: The newest of its sequence.
            missing: Numbers before it.
            is_joining: Some of them may have been sent before we joined its source.
        """
        key = (message.source, message.topic)
        self.lack(key, message.epoch, missing, is_joining=is_joining)
        if key not in self._backlog:
            return [message]
        self._backlog.add(key, message)
        return self._give_up(key) if self._backlog.is_full else self._backlog.release(key)

    def lack(self, key: Key, epoch: str, missing: range, *, is_joining: bool) -> None:
        """Ask for numbers of an admitted sequence that can be replayed; else as `add`."""
        if missing:
            until = time.monotonic() + GIVE_UP_S
            gap = Missing(epoch, missing[0], missing[-1], until, is_joining)
            self._backlog.add(key, gap)

    def expect(self, source: str, topic: str, epoch: str, next_seq: int) -> None:
        """Ask for whatever there is of an admitted sequence from a number on."""
        if self.can_replay(source, topic):
            until = time.monotonic() + GIVE_UP_S
            self._backlog.add((source, topic), Missing(epoch, next_seq, None, until))

    def withdraw(self, source: str, topic: str) -> list[Message]:
        """Return what waits of a sequence, and wait for nothing of it any more."""
        return self._backlog.withdraw((source, topic))

    def fill(self, deadline: float, *, is_urgent: bool = False) -> list[Message]:
        """Ask for a page of each sequence that lacks something, until there is a message.

        Args:
            deadline: Monotonic seconds after which nobody more is asked.
            is_urgent: Also who did not answer just now, but was heard since.
        """
        for key, missing in self._backlog.gaps():
            heard_at = self._heard.get(key[0], 0.0)
            if time.monotonic() >= missing.until:
                found = self._resolve(key, missing)
            elif self._backfiller.may_ask(key[0], heard_at, is_urgent=is_urgent):
                found = self._ask(key, missing)
            else:
                continue
            if found or time.monotonic() >= deadline:
                return found
        return []

    def settle(self) -> list[Message]:
        """Ask a last time; return what is there then, or else what waited for it in vain."""
        found: list[Message] = []
        for _ in range(2):  # who says that he was restarted is asked for what he has since
            found = found or self.fill(math.inf, is_urgent=True)
        for key, _ in [] if found else self._backlog.gaps():
            found += self._give_up(key)
        return found

    def _ask(self, key: Key, missing: Missing) -> list[Message]:
        if missing.is_joining and not self._find_joining(key, missing):
            return []
        if missing.last is not None and not missing.count:
            return self._resolve(key, missing)
        answer = self._backfiller.ask(key, missing.epoch, missing.first, missing.last)
        return [] if answer is None else self._use(key, missing, answer)

    def _find_joining(self, key: Key, missing: Missing) -> bool:
        """Leave out what is older than us, or than its ring; returns whether that is known."""
        numbers = range(missing.first, missing.first + missing.count)
        deadline = time.monotonic() + ANSWER_TIMEOUT_S

        def is_ours(seq: int) -> bool:
            answer = self._backfiller.ask(key, missing.epoch, seq, seq)
            if answer is None or time.monotonic() > deadline:
                raise TimeoutError
            found, _ = replace(missing, first=seq, last=seq).take(answer.messages)
            return any(not self.joined.is_after(message) for message in found)

        try:
            n_older = bisect_left(numbers, True, key=is_ours)
        except TimeoutError:
            return False
        self._ledger.lose(key[1], "before_join", n_older)
        missing.first += n_older
        missing.is_joining = False
        return True

    def _use(self, key: Key, missing: Missing, answer: Answer) -> list[Message]:
        found, n_left_out = missing.take(answer.messages)
        self.n_filled += len(found)
        self._ledger.lose(key[1], "not_replayed", n_left_out)
        is_other_epoch = answer.epoch not in ("", missing.epoch)
        if missing.last is None and found:
            self._admission.resume(*key, missing.epoch, missing.first)
        if missing.last is None and is_other_epoch:
            missing.epoch, missing.first = answer.epoch, 0
        elif answer.is_last or not found:
            return found + self._resolve(key, missing)
        self._backlog.defer(key)
        return found

    def _resolve(self, key: Key, missing: Missing) -> list[Message]:
        self._ledger.lose(key[1], "not_replayed", missing.count)
        return self._backlog.resolve(key)

    def _give_up(self, key: Key) -> list[Message]:
        found: list[Message] = []
        while missing := self._backlog.first_missing(key):
            found += self._resolve(key, missing)
        return found
