"""Which generation is found, asked for and refused: contract 5.3 and the bridge's settings."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from emgrig.control import Capability, ControlKind, ControlManifest, ControlMode, HandAck
from emgrig.errors import HandError, HandProtocolError
from emgrig_vhi_bridge.gating import MapError, MappedAddress
from emgrig_vhi_bridge.negotiating import Negotiator

INDEX = "vhi.prediction.index"
MANIFEST = ControlManifest(
    target_name="a hand",
    vocabulary_version="2",
    target_version="2.1.0",
    capabilities=(Capability(address=INDEX, kind=ControlKind.CONTINUOUS, lo=-1.0, hi=1.0),),
)


class FakeClient:
    """Answers as generation 1 or 2; an error is raised instead of the answer."""

    n_lost = 0

    def __init__(self, answer):
        self.answer = answer
        self.calls = []
        self.is_closed = False
        self.applies = True

    def _ask(self, call):
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def get_state(self):
        return self._ask("state")

    def get_manifest(self):
        return self._ask("manifest")

    def set_control_mode(self, mode):
        self._ask(mode)
        return HandAck(self.applies, "waiting", "Rest", "" if self.applies else "not now")

    def close(self):
        self.is_closed = True


def negotiate(first, second, **how):
    return Negotiator(first, second, {"index": MappedAddress(INDEX)}, **how).find()


def state():
    return FakeClient(SimpleNamespace(session_active=False))


def unknown():
    return FakeClient(HandProtocolError("UNIMPLEMENTED"))


def absent():
    return FakeClient(HandError("UNAVAILABLE"))


def test_a_manifest_makes_it_generation_2_with_its_map():
    first = state()

    hand = negotiate(first, FakeClient(MANIFEST))

    assert (hand.protocol, hand.warning) == ("v2", "")
    assert [drive.address for drive in hand.drives] == [INDEX]
    assert first.calls == []


def test_a_hand_without_the_manifest_call_is_asked_for_its_state():
    first = state()

    assert negotiate(first, unknown()).protocol == "v1"
    assert first.calls == ["state"]


def test_a_hand_that_knows_neither_call_is_refused():
    with pytest.raises(HandProtocolError):
        negotiate(unknown(), unknown())


def test_nobody_there_is_asked_once():
    first = state()

    with pytest.raises(HandError) as caught:
        negotiate(first, absent())

    assert type(caught.value) is HandError
    assert first.calls == []


def test_only_the_generation_that_is_set_is_tried():
    second = FakeClient(MANIFEST)
    assert negotiate(state(), second, protocol="v1").protocol == "v1"
    assert second.calls == []

    first = state()
    with pytest.raises(HandProtocolError):
        negotiate(first, unknown(), protocol="v2")
    assert first.calls == []


def test_versions_and_map_are_gates():
    old = replace(MANIFEST, vocabulary_version="1")
    bare = replace(MANIFEST, capabilities=())
    odd = replace(MANIFEST, target_version="dev")

    with pytest.raises(HandProtocolError, match="vocabulary"):
        negotiate(state(), FakeClient(old))
    with pytest.raises(MapError):
        negotiate(state(), FakeClient(bare))
    assert "'dev'" in negotiate(state(), FakeClient(odd)).warning


def test_a_control_hand_that_follows_our_stream_is_put_into_stream():
    first = state()

    negotiate(first, unknown(), streams=True)

    assert first.calls == ["state", ControlMode.STREAM]


def test_a_control_hand_that_does_not_follow_is_not_driven():
    first = state()
    first.applies = False

    with pytest.raises(HandError, match="not now"):
        negotiate(first, unknown(), streams=True)


def test_both_connections_are_closed():
    first, second = state(), unknown()

    Negotiator(first, second, {}).close()

    assert first.is_closed
    assert second.is_closed
