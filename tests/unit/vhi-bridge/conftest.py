"""A hand and a link to it, without any process."""

import threading
from collections import Counter
from types import SimpleNamespace

import pytest
from emgrig.errors import HandError, HandProtocolError
from emgrig_vhi_bridge.hand_link import HandLink

from tests.deadlines import MS


class FakeContext:
    def __init__(self):
        self.troubles = {}
        self.counters = Counter()

    def trouble(self, key, text):
        self.troubles[key] = text

    def clear(self, key):
        self.troubles.pop(key, None)

    def count(self, name, n=1):
        self.counters[name] += n


class FakeHand:
    """A hand that answers, refuses or is absent; `probed` says that it was asked."""

    protocol = "v1"
    drives = ()
    warning = ""

    def __init__(self):
        self.absent = False
        self.refuses = ""
        self.calls = []
        self.session = False
        self.movement = "Rest"
        self.probed = threading.Semaphore(0)
        self.foreign = ""
        self.has_restarted = False
        self.chosen = []
        self.n_found = 0
        self.answers = threading.Event()
        self.answers.set()
        self.asked = threading.Event()

    def next_probe(self):
        """Wait for a probe that begins after now, and for the worker to have digested it."""
        while self.probed.acquire(blocking=False):
            pass
        assert self.probed.acquire(timeout=10)
        assert self.probed.acquire(timeout=10)

    def find(self):
        if self.absent:
            self.probed.release()
            raise HandError("nobody there")
        if self.foreign:
            self.probed.release()
            raise HandProtocolError(self.foreign)
        self.n_found += 1
        self.has_restarted = False
        self._take_time()
        return self

    def rest(self, held):
        self.calls.append(("rest", held))

    def has_forgotten(self, state, *, session):
        return self.has_restarted

    def restart(self):
        self.absent, self.session, self.movement = False, False, "Rest"
        self.has_restarted = True

    def _take_time(self):
        self.asked.set()
        assert self.answers.wait(10)

    def _answer(self):
        self._take_time()
        if self.absent:
            raise HandError("nobody there")
        return SimpleNamespace(
            applied=not self.refuses,
            message=self.refuses,
            current_state="frozen",
            current_movement=self.movement,
        )

    def set_movement(self, name, *, sweep=False):
        self.calls.append(("sweep" if sweep else "movement", name))
        if not (self.absent or self.refuses):
            self.movement = name
        return self._answer()

    def set_speed(self, speed):
        self.calls.append(("speed", speed))
        return self._answer()

    def set_smoothing(self, smoothing):
        self.calls.append(("smoothing", smoothing))
        return self._answer()

    def freeze(self, frozen):
        self.calls.append(("freeze", frozen))
        return self._answer()

    def set_session_active(self, active):
        self.calls.append(("session", active))
        answer = self._answer()
        self.session = active
        return answer

    def get_state(self):
        try:
            self._answer()
        finally:
            self.probed.release()
        return SimpleNamespace(
            current_state="waiting",
            current_movement=self.movement,
            session_active=self.session,
            available_movements=["Rest", "Fist"],
        )


@pytest.fixture
def hand():
    return FakeHand()


@pytest.fixture
def context():
    return FakeContext()


@pytest.fixture
def link(hand, context):
    link = HandLink(hand.find, hand.chosen.append, context, probe_s=50 * MS)
    worker = threading.Thread(target=link.work)
    worker.start()
    yield link
    link.close()
    worker.join(5)
    assert not worker.is_alive()
