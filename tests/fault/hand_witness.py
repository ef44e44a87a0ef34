"""See what reaches the predicted hand, what it shows, and what its poses were made of."""

import math
import threading
import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise, takewhile
from typing import NamedTuple

import numpy as np
import pylsl
from emgrig.config import Rig
from emgrig.messages import Message
from emgrig.testing import wait_until
from emgrig.transport import Source, Subscriber

MAX_AGE_S = 0.5
REST_WITHIN_S = 1.0
BLIND_S = 0.3
"""Poses come at 32 Hz: whoever sees none for so long looks for a stream that is another's now."""
FLEXIONS = [0, 2, 3, 4, 5]


class Seen(NamedTuple):
    """A sample of the hand's input, or of what it shows.

    Attributes:
        t: LSL clock at which it left, seconds.
        came: LSL clock at which it was here.
        pose: (9,).
    """

    t: float
    came: float
    pose: np.ndarray

    @property
    def is_rest(self) -> bool:
        return not self.pose.any()


class HandWitness:
    """Collects, over restarts of bridge and hand, what is seen.

    Attributes:
        poses: Every pose of the outlet.
        shown: Every sample of the hand's own read-back, 60 Hz.
        messages: Every ``pose/hand``.
    """

    def __init__(self, rig: Rig) -> None:
        self.poses: list[Seen] = []
        self.shown: list[Seen] = []
        self.messages: list[Message] = []
        names = rig.tables["vhi-bridge"]
        self._stopping = threading.Event()
        self._subscriber = Subscriber(
            [Source("vhi-bridge", rig.endpoints("vhi-bridge"))], ["pose/hand"], keep="all"
        )
        works = (
            partial(self._watch_lsl, names["pose_stream"], self.poses),
            partial(self._watch_lsl, names["predict_readback"], self.shown),
            self._watch_bus,
        )
        self._threads = [threading.Thread(target=work) for work in works]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._subscriber.close()

    def wait_following(self, timeout_s: float = 20.0) -> None:
        """Wait until the hand shows, from now on, a pose that is not rest."""
        now = pylsl.local_clock()
        wait_until(
            lambda: bool(self.shown) and self.shown[-1].t > now and not self.shown[-1].is_rest,
            timeout_s,
            lambda: f"the hand does not follow: {self.shown[-1:]}; {self._newest_words()}",
        )

    def wait_rest(self, timeout_s: float = 20.0) -> Seen:
        """Wait until the newest pose is rest and return the first one of that rest."""
        return self._wait_rest(self.poses, timeout_s)

    def wait_shown_rest(self, timeout_s: float = 20.0) -> Seen:
        """Wait until the hand shows rest and return the first sample of that rest."""
        return self._wait_rest(self.shown, timeout_s)

    def _wait_rest(self, seen: list[Seen], timeout_s: float) -> Seen:
        wait_until(lambda: bool(seen) and seen[-1].is_rest, timeout_s, self._newest_words)
        newest_first = reversed(list(seen))
        return list(takewhile(lambda one: one.is_rest, newest_first))[-1]

    def _newest_words(self) -> str:
        said = [(m.fields["reason"], m.fields["t_pushed"]) for m in self.messages[-5:]]
        return f"now {pylsl.local_clock():.3f}; seen: {self.poses[-3:]}; said: {said}"

    def newest_prediction(self) -> Message:
        """Return the newest pose that is of a prediction."""
        return next(m for m in reversed(self.messages) if m.fields["reason"] == "prediction")

    def dangers(self) -> list[str]:
        """Return what must never reach a hand: values out of range, poses of old data."""
        seen = [*self.poses, *self.shown]
        found = [f"pose {one}" for one in seen if not _is_safe(one.pose)]
        newest: Message | None = None
        for message in list(self.messages):
            reason, pushed = message.fields["reason"], message.fields["t_pushed"]
            newest = message if reason == "prediction" else newest
            if reason == "rest" or newest is None:
                continue
            # Whole hours are a device's clock that a test has set, not an age.
            age_s = math.remainder(pushed - newest.t_last, 3600.0)
            if age_s > MAX_AGE_S:
                found.append(f"{reason} of data {age_s:.3f} s old at {pushed:.3f}")
        return found

    def unsafe_s(self) -> float:
        """Return for how long the hand was not at rest though no prediction came for a second."""
        good = np.array([m.fields["t_pushed"] for m in self.messages if _is_prediction(m)])
        return unsafe_s(completed(list(self.poses), list(self.shown)), good)

    def _watch_lsl(self, name: str, seen: list[Seen]) -> None:
        resolver = pylsl.ContinuousResolver("name", name, forget_after=2.5)
        inlet, uid = None, ""
        while not self._stopping.is_set():
            found = max(resolver.results(), key=lambda info: info.created_at(), default=None)
            if found is not None and found.uid() != uid:
                inlet = pylsl.StreamInlet(found, max_buflen=10, recover=False, as_numpy=True)
                uid = found.uid()
            if inlet is None:
                self._stopping.wait(0.02)
                continue
            inlet = _pull(inlet, seen)

    def _watch_bus(self) -> None:
        while not self._stopping.is_set():
            message = self._subscriber.receive(0.1)
            if message is not None:
                self.messages.append(message)


def completed(poses: Sequence[Seen], shown: Sequence[Seen]) -> list[Seen]:
    """Return the poses, and what the hand itself showed while none of them was seen.

    The hand may find the stream of another keeper long before its witness does.

    Args:
        poses: What was seen of the hand's input, in order.
        shown: What was seen of the hand, in order.
    """
    came = np.array([one.came for one in poses])
    after = np.searchsorted(came, [one.came for one in shown], "right")
    is_blind = np.concatenate([[False], np.diff(came) > BLIND_S, [False]])
    merged = [*poses, *(one for one, k in zip(shown, after, strict=True) if is_blind[k])]
    return sorted(merged, key=lambda one: one.came)


def unsafe_s(poses: Sequence[Seen], good: np.ndarray) -> float:
    """Return for how long the newest pose was not rest though no prediction came for a second.

    Where no pose is seen for a while, because the stream is another process's now and not found
    yet, the hand is where it was; that is no danger as long as predictions come.

    Args:
        poses: What was seen, in order.
        good: When a prediction was pushed, LSL clock, seconds, in order; shape (n,).
    """
    total = 0.0
    for seen, after in pairwise(poses):
        if seen.is_rest or not len(good):
            continue
        last = int(np.searchsorted(good, seen.came, "right")) - 1
        began = good[last] if last >= 0 else seen.came
        inside = good[last + 1 : np.searchsorted(good, after.came)]
        for due, until in pairwise([began, *inside, after.came]):
            total += max(0.0, until - max(due + REST_WITHIN_S, seen.came))
    return total


def _pull(inlet: pylsl.StreamInlet, seen: list[Seen]) -> pylsl.StreamInlet | None:
    try:
        sample, stamp = inlet.pull_sample(0.1)
    except pylsl.util.LostError:
        return None
    if sample is not None:
        seen.append(Seen(stamp, pylsl.local_clock(), np.array(sample)))
    return inlet


def _is_prediction(message: Message) -> bool:
    return bool(message.fields["reason"] == "prediction")


def _is_safe(pose: np.ndarray) -> bool:
    others = np.delete(pose, FLEXIONS)
    is_in_range = bool(((pose[FLEXIONS] <= 0) & (pose[FLEXIONS] >= -1)).all())
    return bool(np.isfinite(pose).all()) and is_in_range and not others.any()


def wait_ms(ms: float) -> None:
    """Let time pass in which something must not happen."""
    threading.Event().wait(ms / 1000)


def monotonic_ms() -> float:
    return time.monotonic() * 1000
