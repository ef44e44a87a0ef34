"""What the hand lists, and that clients' gates let it pass: contract 5.1 to 5.5."""

import re

import grpc
import pytest
from emgrig.testing import make_rig
from emgrig.vhi.v2 import remote_pb2

from tests.contract.hand_streams import TARGET, code_of
from tests.contract.vhi_v2.conftest import CONTROL_POSE, GESTURE, PREDICTION, SUFFIXES, hand_of
from tests.vhi_poses import AI_MOVEMENTS, CLASSIFIER_MOVEMENTS


@pytest.fixture
def manifest(hand):
    return hand.GetControlManifest()


@pytest.fixture
def capabilities(manifest):
    return {one.address: one for one in manifest.capabilities}


def test_19_controls_each_listed_once(manifest, capabilities):
    assert len(manifest.capabilities) == len(capabilities) == 19
    assert set(capabilities) == {
        prefix + suffix for prefix in (PREDICTION, CONTROL_POSE) for suffix in SUFFIXES
    } | {GESTURE}


@pytest.mark.parametrize("prefix", [PREDICTION, CONTROL_POSE])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_number_runs_from_minus_1_to_1_and_rests_at_0(capabilities, prefix, suffix):
    one = capabilities[prefix + suffix]

    assert one.kind == remote_pb2.CONTINUOUS
    assert (one.lo, one.hi, one.rest) == (-1, 1, 0)
    assert not one.states


def test_the_gesture_is_discrete_with_the_17_movements_and_rests_in_rest(capabilities):
    one = capabilities[GESTURE]

    assert one.kind == remote_pb2.DISCRETE
    assert sorted(one.states) == sorted(AI_MOVEMENTS)
    assert one.rest_state == "Rest"


def test_addresses_are_lower_case_and_dotted(capabilities):
    for address in capabilities:
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", address)


def test_our_hand_lists_the_predicted_hand_first_and_the_gesture_last(our_hand):
    manifest = our_hand.GetControlManifest()

    numbers = [prefix + suffix for prefix in (PREDICTION, CONTROL_POSE) for suffix in SUFFIXES]
    assert [one.address for one in manifest.capabilities] == [*numbers, GESTURE]
    assert (manifest.vocabulary_version, manifest.target_version) == ("2.1", "2.1.0")
    assert all(one.description for one in manifest.capabilities)


def test_the_vocabulary_passes_the_clients_gate(manifest):
    assert int(manifest.vocabulary_version.split(".")[0].strip()) >= 2


def test_the_build_passes_the_clients_gate(manifest):
    numbers = manifest.target_version.strip().removeprefix("v").split(".")

    assert tuple(int(number) for number in numbers) >= (2, 1, 0)


def test_the_manifest_does_not_change_by_being_driven(hand, manifest):
    hand.gesture("Fist")

    assert hand.GetControlManifest() == manifest


@pytest.mark.parametrize(
    "path",
    [
        "/myogestic.remote.RemoteControl/Nonsense",
        "/myogestic.vhi.v1.VhiControl/GetState",
        "/myogestic.vhi.v2.RemoteControl/GetControlManifest",
        "/myogestic.vhi.RemoteControl/GetControlManifest",
    ],
)
def test_a_call_of_another_protocol_is_unimplemented(hand, path):
    assert code_of(hand.target, path) is grpc.StatusCode.UNIMPLEMENTED


def test_a_hand_for_classifiers_lists_the_other_15_movements(tmp_path):
    if TARGET:
        pytest.skip("another hand's mode is built in")
    names = {"control_stream": "Classifier_Control", "predict_stream": "Classifier_Predict"}
    rig = make_rig(tmp_path, {"virtual-hand": {"mode": "Classifier"} | names})
    with hand_of(rig) as hand:
        gesture = hand.GetControlManifest().capabilities[-1]

        assert tuple(gesture.states) == CLASSIFIER_MOVEMENTS
