"""Bridge, hand and recorder as processes: a protocol that needs nobody, and its take."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from emgrig.config import Rig
from emgrig.control import (
    CuePlan,
    RigClient,
    cancel_protocol,
    discard_take,
    hand_pb2,
    recorder_pb2,
    start_protocol,
    stop_take,
    watch_protocol,
)
from emgrig.errors import RequestError
from emgrig.messages import Message
from emgrig.recording import open_session
from emgrig.testing import Process, make_rig, running, start, wait_until
from emgrig.transport import Source, Subscriber

from tests.deadlines import MS
from tests.integration.bridge_and_hand import hand, status, wait_connected

pytestmark = pytest.mark.timeout(120)

HOLD_S = 0.5
FISTS = CuePlan(["Rest", "Fist"], HOLD_S, 3)
LONG = CuePlan(["Rest", "Fist"], 30.0, 2)
SHORT = CuePlan(["Rest", "Fist"], 1.0, 60)
LISTED = recorder_pb2.ListSessionsRequest()
RECORDING = recorder_pb2.GetRecordingRequest()


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"recorder": {"sources": ["vhi-bridge"]}})


@pytest.fixture
def bridge(rig) -> Iterator[Process]:
    with hand(rig), running("vhi-bridge", rig) as process:
        wait_connected(process, "v1")
        yield process


@pytest.fixture
def recorder(rig, bridge) -> Iterator[Process]:
    with running("recorder", rig) as process:
        process.wait_state("READY", "RUNNING")
        yield process


@pytest.fixture
def client(rig) -> Iterator[RigClient]:
    with RigClient(rig) as client:
        yield client


@pytest.fixture
def bus(rig, bridge) -> Iterator[Subscriber]:
    source = Source("vhi-bridge", rig.endpoints("vhi-bridge"))
    subscriber = Subscriber([source], ["chunk/vhi_control", "event/"], keep="all")
    # The first message says that the subscription stands.
    assert subscriber.receive(20_000 * MS) is not None
    yield subscriber
    subscriber.close()


@contextmanager
def started(name: str, rig: Rig) -> Iterator[Process]:
    """Run a process until the end of the block kills it."""
    process = start(name, rig)
    try:
        process.wait_ready()
        yield process
    finally:
        process.kill()


def events(bus: Subscriber) -> list[Message]:
    """Return the events up to the end of a protocol."""
    found: list[Message] = []
    while not found or found[-1].fields.get("action") in (None, "started"):
        message = bus.receive(20_000 * MS)
        assert message is not None, "nothing came"
        if message.topic.startswith("event/"):
            found.append(message)
    return found


def recording(client: RigClient):
    return client.call("recorder", "Recorder.GetRecording", RECORDING)


def session_of(client: RigClient, name: str):
    """Return a finished session by how its name begins; it may be on its way."""
    found = []

    def is_there() -> bool:
        reply = client.call("recorder", "Recorder.ListSessions", recorder_pb2.ListSessionsRequest())
        found[:] = [info for info in reply.sessions if info.session.startswith(name)]
        return bool(found)

    wait_until(is_there, 30)
    return found[0]


def labels_of(path: str) -> list[str]:
    with open_session(Path(path)) as session:
        return [session.class_names[label.class_index] for label in session.labels]


def test_it_is_cued_and_recorded_though_nobody_watches(rig, client, bridge, recorder, bus):
    with RigClient(rig) as caller:
        begun = start_protocol(caller, FISTS, "fists", "a take")
    now = recording(client)
    assert (now.protocol, now.take_name) == (begun.run_id, "a take")

    first, *cues, last = events(bus)

    assert (first.topic, first.fields["action"]) == ("event/protocol", "started")
    assert (last.topic, last.fields["action"]) == ("event/protocol", "done")
    assert last.fields["session"] == begun.session
    assert [cue.fields["name"] for cue in cues] == ["Rest", "Fist"] * 3
    # One of them may be late on a busy machine.
    holds_s = [late.fields["t"] - early.fields["t"] for early, late in pairwise(cues)]
    assert median(holds_s) == pytest.approx(HOLD_S, abs=0.2)
    info = session_of(client, begun.session)
    assert not recording(client).recording
    wait_until(lambda: not status(bridge).recording_protocol.running, 10)
    assert status(bridge).recording_protocol.session == info.session
    assert labels_of(info.path) == ["Rest", "Fist"] * 3
    assert info.duration_s > 5 * HOLD_S


def test_every_program_sees_where_it_is_and_any_of_them_ends_it(client, bridge, recorder, bus):
    begun = start_protocol(client, LONG, "long", "")
    wait_until(lambda: status(bridge).recording_protocol.gesture == "Rest", 10)
    now = status(bridge).recording_protocol
    assert (now.run_id, now.step, now.n_steps) == (begun.run_id, 1, 4)
    assert 100 < now.remaining_s <= 120
    assert "protocol long: step 1 of 4, Rest, " in bridge.status().doing
    wait_until(lambda: status(bridge).session_active, 10)
    with pytest.raises(RequestError, match="under way, got long"):
        start_protocol(client, FISTS, "another")

    request = hand_pb2.CueGestureRequest(name="Fist")
    client.call("vhi-bridge", "Hand.CueGesture", request)
    assert cancel_protocol(client)

    with pytest.raises(RequestError, match="cancelled"):
        list(watch_protocol(client))
    last = events(bus)[-1]
    assert (last.fields["action"], last.fields["session"]) == ("cancelled", begun.session)
    wait_until(lambda: status(bridge).movement == "Rest", 10)
    assert labels_of(session_of(client, begun.session).path) == ["Rest", "Fist", "Rest"]
    assert bridge.status().doing == ""
    assert not status(bridge).session_active


def rest(client: RigClient) -> None:
    client.call("vhi-bridge", "Hand.SetOutput", hand_pb2.SetOutputRequest(enabled=False))


def stop(client: RigClient) -> None:
    stop_take(client, 30.0)


@pytest.mark.parametrize(
    ("end", "why", "is_kept"),
    [
        (rest, "the hand was sent to rest; what was recorded is kept", True),
        (stop, "its take was stopped", True),
        (discard_take, "its take was discarded", False),
    ],
)
def test_neither_a_hand_at_rest_nor_an_ended_take_is_followed_by_another_cue(
    client, bridge, recorder, bus, end, why, is_kept
):
    begun = start_protocol(client, SHORT, "short", "")
    wait_until(lambda: status(bridge).recording_protocol.gesture == "Fist", 10)

    end(client)

    last = events(bus)[-1]
    assert (last.fields["action"], why in last.fields["why"]) == ("cancelled", True)
    wait_until(lambda: not status(bridge).recording_protocol.running, 30)
    ended = status(bridge).recording_protocol
    assert ended.cancelled
    assert ended.error.endswith(why)
    assert not recording(client).recording
    assert ended.step < ended.n_steps
    wait_until(lambda: status(bridge).movement == "Rest", 10)
    if is_kept:
        assert labels_of(session_of(client, begun.session).path)[:2] == ["Rest", "Fist"]
    else:
        listed = client.call("recorder", "Recorder.ListSessions", LISTED).sessions
        assert not [info for info in listed if info.session.startswith(begun.session)]


def test_the_end_waits_for_a_recorder_that_is_on_its_way_back(rig, client, bridge):
    with started("recorder", rig):
        begun = start_protocol(client, FISTS, "fists", "")
        wait_until(lambda: status(bridge).recording_protocol.step >= 2, 10)
    wait_until(lambda: not status(bridge).recording_protocol.gesture, 20)

    with running("recorder", rig) as second:
        second.wait_state("READY", "RUNNING")
        wait_until(lambda: not status(bridge).recording_protocol.running, 30)

        assert status(bridge).recording_protocol.error == ""
        assert not recording(client).recording
        # What was cued while no recorder was there is fetched.
        assert labels_of(session_of(client, begun.session).path) == ["Rest", "Fist"] * 3


def test_a_bridge_that_is_killed_leaves_the_take_and_its_next_one_says_so(rig, client):
    with hand(rig), running("recorder", rig) as recorder:
        recorder.wait_state("READY", "RUNNING")
        with started("vhi-bridge", rig) as first:
            wait_connected(first, "v1")
            start_protocol(client, LONG, "long", "")

        with running("vhi-bridge", rig) as bridge:
            wait_until(lambda: "protocol" in bridge.status().troubles, 20)
            assert "emgrig record stop" in bridge.status().troubles["protocol"]
            assert recording(client).recording
            assert not status(bridge).recording_protocol.run_id

            client.call("vhi-bridge", "Hand.SetSession", hand_pb2.SetSessionRequest(active=False))
            wait_until(lambda: "protocol" not in bridge.status().troubles, 5)


def test_a_bridge_that_is_stopped_ends_the_protocol_and_its_take(rig, client):
    with hand(rig), running("recorder", rig) as recorder:
        with running("vhi-bridge", rig) as bridge:
            recorder.wait_state("READY", "RUNNING")
            wait_connected(bridge, "v1")
            begun = start_protocol(client, LONG, "long", "")
            wait_until(lambda: status(bridge).recording_protocol.gesture == "Rest", 10)
        session_of(client, begun.session)
        assert not recording(client).recording
