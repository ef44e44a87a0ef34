"""A protocol that nobody watches: what is shown, and how the hand and the take are left."""

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from emgrig.control import hand_pb2
from emgrig.errors import HandError, PeerError, RequestError
from emgrig.testing import wait_until
from emgrig_vhi_bridge.commanding import Outcome
from emgrig_vhi_bridge.cueing import AskedCue
from emgrig_vhi_bridge.found_hand import Speed
from emgrig_vhi_bridge.protocols import Protocols

REST_FIST = [("Rest", 0.01), ("Fist", 0.01)]
LONG = [("Rest", 0.01), ("Fist", 60.0), ("Rest", 0.01)]


def answered(*, applied: bool) -> Future[Outcome]:
    asked: Future[Outcome] = Future()
    asked.set_result(Outcome(applied, "" if applied else "no such movement"))
    return asked


class Rig:
    """Everything around the protocols; notes what is asked of it, in order."""

    def __init__(self, *, refused: str = "", take_error: Exception | None = None) -> None:
        self.asked: list[object] = []
        self.events: list[dict[str, str]] = []
        self.classes = ("Rest", "Fist")
        self.take_ended = ""
        self.doing = str
        self.stopping = threading.Event()
        self.log = SimpleNamespace(info=lambda *_, **__: None)
        self.publisher = SimpleNamespace(send=lambda _, fields: self._send(fields))
        self._refused, self._take_error = refused, take_error
        self.protocols = Protocols(self, self, self, self, 1.0)

    def _send(self, fields) -> None:
        self.events.append(fields)
        self.asked.append(fields["action"])

    # cueing
    def class_index(self, name: str) -> int:
        if name not in self.classes:
            raise RequestError(f"got {name}")
        return self.classes.index(name)

    def ask(self, name: str, *, sweep: bool = False) -> AskedCue:
        self.asked.append(("sweep", name) if sweep else name)
        return AskedCue(0, float(len(self.asked)), answered(applied=name != self._refused))

    def rest(self) -> None:
        self.ask("Rest")

    # link
    def set_speed(self, speed: Speed) -> Future[Outcome]:
        self.asked.append(speed)
        return answered(applied=self._refused != "speed")

    # takes
    def begin(self, take_name: str, protocol: str) -> str:
        if self._take_error is not None:
            raise self._take_error
        self.asked.append(f"begin {take_name}")
        return "session-1"

    def ended(self, session: str, is_over) -> str:
        wait_until(lambda: is_over() or self.take_ended, 70)
        return self.take_ended

    def end(self, session: str) -> str:
        self.asked.append(f"end {session}")
        return f"{session}_t"

    # context
    def thread(self, name: str, target) -> None:
        threading.Thread(target=target, name=name).start()

    def clear(self, key: str) -> None:
        pass

    def run(self, steps, *, sweep: bool = False, take: str | None = None):
        """Start one; the steps other than rest are swept where that is said."""
        request = hand_pb2.StartProtocolRequest(name="p", take_name=take)
        for name, hold_s in steps:
            request.steps.add(gesture=name, hold_s=hold_s, sweep=sweep and name != "Rest")
        if sweep:
            request.speed.frequency_hz = 2.0
        return self.protocols.start(request)

    def wait_shown(self, gesture: str) -> None:
        wait_until(lambda: self.protocols.status().gesture == gesture, 5)

    def wait_over(self):
        wait_until(lambda: not self.protocols.status().running, 5)
        return self.protocols.status()


def test_a_protocol_is_shown_to_its_end_and_its_take_ends_behind_it() -> None:
    rig = Rig()

    begun = rig.run(REST_FIST * 2, take="t")
    ended = rig.wait_over()

    assert rig.asked == [
        "begin t", "started", "Rest", "Fist", "Rest", "Fist", "done", "end session-1"
    ]  # fmt: skip
    assert (begun.running, begun.session, begun.n_steps) == (True, "session-1", 4)
    assert (ended.run_id, ended.step, ended.error, ended.gesture) == (begun.run_id, 4, "", "")
    assert (ended.remaining_s, ended.session) == (0.0, "session-1_t")
    assert rig.events[-1]["run_id"] == begun.run_id
    assert rig.doing() == ""


def test_where_it_is_can_be_read_while_it_runs() -> None:
    rig = Rig()
    rig.run(LONG)
    rig.wait_shown("Fist")

    status = rig.protocols.status()
    assert (status.step, status.n_steps, status.session) == (2, 3, "")
    assert 50 < status.remaining_s < 60.1
    assert rig.doing().startswith("protocol p: step 2 of 3, Fist, ")

    assert rig.protocols.cancel("enough")
    rig.wait_over()


def test_a_cancelled_one_leaves_the_hand_at_rest_and_says_why() -> None:
    rig = Rig()
    rig.run(LONG, take="")
    rig.wait_shown("Fist")

    assert rig.protocols.cancel("enough")
    ended = rig.wait_over()

    assert rig.asked[-3:] == ["Rest", "cancelled", "end session-1"]
    assert ended.cancelled
    assert "enough" in ended.error
    assert "enough" in rig.events[-1]["why"]
    assert not rig.protocols.cancel("twice")


def test_who_ends_its_take_ends_it() -> None:
    rig = Rig()
    rig.run(LONG, take="")
    rig.wait_shown("Fist")

    rig.take_ended = "discarded"
    ended = rig.wait_over()

    assert rig.asked[-3:] == ["Rest", "cancelled", "end session-1"]
    assert ended.cancelled
    assert ended.error.endswith("its take was discarded")


@pytest.mark.parametrize("refused", ["Fist", "speed"])
def test_what_the_hand_refuses_ends_it_with_the_take_kept(refused) -> None:
    rig = Rig(refused=refused)

    rig.run(REST_FIST, sweep=True, take="t")
    ended = rig.wait_over()

    assert rig.asked[-3:] == ["Rest", "failed", "end session-1"]
    assert "no such movement" in ended.error
    assert not ended.cancelled


def test_the_timing_of_a_sweep_is_told_before_it_and_rest_ends_the_last_one() -> None:
    rig = Rig()

    rig.run(REST_FIST, sweep=True)
    rig.wait_over()

    assert rig.asked == [Speed(2.0), "started", "Rest", ("sweep", "Fist"), "Rest", "done"]


def test_who_watches_is_told_of_each_step_and_of_the_end() -> None:
    rig, seen = Rig(refused="Fist"), []
    with pytest.raises(RequestError, match="start one first"):
        next(rig.protocols.watch())
    rig.run([("Rest", 0.5), ("Fist", 0.5)])

    def watch() -> None:
        for status in rig.protocols.watch():
            seen.append(status)

    with pytest.raises(HandError, match="no such movement"):
        watch()

    assert {status.gesture for status in seen[:-1]} >= {"Rest"}
    assert (seen[-1].running, seen[-1].step) == (False, 2)


def test_one_at_a_time() -> None:
    rig = Rig()
    rig.run(LONG)

    with pytest.raises(RequestError, match="under way, got p"):
        rig.run(REST_FIST)

    rig.protocols.close()
    assert "vhi-bridge was stopped" in rig.protocols.status().error
    rig.run(REST_FIST)
    rig.wait_over()


@pytest.mark.parametrize(
    ("rig", "steps", "error"),
    [
        (Rig(), [("Rest", 1.0), ("Handstand", 1.0)], RequestError),
        (Rig(take_error=PeerError("no recorder")), REST_FIST, PeerError),
    ],
)
def test_what_cannot_begin_shows_nothing_and_leaves_room_for_the_next(rig, steps, error) -> None:
    with pytest.raises(error):
        rig.run(steps, take="t")

    assert rig.asked == []
    assert rig.protocols.status() == hand_pb2.ProtocolStatus()
    rig.run(REST_FIST)
    rig.wait_over()
