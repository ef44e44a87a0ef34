"""Which hands may be driven, and what is wrong with a map: contract 5.3 and 5.4."""

from dataclasses import replace

import pytest
from emgrig.control import Capability, ControlKind, ControlManifest
from emgrig.errors import HandProtocolError
from emgrig_vhi_bridge.gating import MapError, MappedAddress, check_versions, resolve_map

FINGERS = ("thumb.flexion", "index", "middle", "ring", "little")
MAP = {
    "thumb": MappedAddress("vhi.prediction.thumb.flexion"),
    "index": MappedAddress("vhi.prediction.index"),
    "middle": MappedAddress("vhi.prediction.middle"),
    "ring": MappedAddress("vhi.prediction.ring"),
    "little": MappedAddress("vhi.prediction.little"),
    "gesture": MappedAddress("vhi.control.gesture"),
}


def number(address, lo=-1.0, hi=1.0):
    return Capability(address=address, kind=ControlKind.CONTINUOUS, lo=lo, hi=hi)


GESTURE = Capability(
    address="vhi.control.gesture", kind=ControlKind.DISCRETE, states=("Rest", "Fist")
)
MANIFEST = ControlManifest(
    target_name="a hand",
    vocabulary_version="2.0",
    capabilities=(*(number(f"vhi.prediction.{finger}") for finger in FINGERS), GESTURE),
    target_version="2.1.0",
)


@pytest.mark.parametrize("version", ["2", "2.1", " 2 ", "3", "2.x"])
def test_a_vocabulary_from_2_on_passes(version):
    assert check_versions(replace(MANIFEST, vocabulary_version=version)) == ""


@pytest.mark.parametrize("version", ["1", "1.9", "", "v2", "two", "0"])
def test_an_older_or_unreadable_vocabulary_is_refused_by_name(version):
    with pytest.raises(HandProtocolError, match="'a hand'"):
        check_versions(replace(MANIFEST, vocabulary_version=version))


@pytest.mark.parametrize("version", ["2.1.0", "v2.1.0", " 2.1.1 ", "2.2", "3.0.0", "10.0"])
def test_a_build_from_2_1_0_on_passes(version):
    assert check_versions(replace(MANIFEST, target_version=version)) == ""


@pytest.mark.parametrize("version", ["2.0.9", "1.0.0", "2.1", "v2", "0"])
def test_an_older_build_is_refused(version):
    with pytest.raises(HandProtocolError, match=r"2\.1\.0"):
        check_versions(replace(MANIFEST, target_version=version))


@pytest.mark.parametrize("version", ["", "dev", "2.1.0-rc1", "V2.1.0", "2.1." + "9" * 5000])
def test_a_build_that_cannot_be_compared_is_driven_with_a_warning(version):
    assert repr(version) in check_versions(replace(MANIFEST, target_version=version))


def test_the_vocabulary_is_judged_first():
    with pytest.raises(HandProtocolError, match="vocabulary"):
        check_versions(replace(MANIFEST, vocabulary_version="1", target_version="1.0.0"))


def test_the_default_map_fits_and_keeps_the_fingers_order():
    resolved = resolve_map(dict(reversed(MAP.items())), MANIFEST)

    assert [drive.address.removeprefix("vhi.prediction.") for drive in resolved.drives] == [
        *FINGERS
    ]
    assert [drive.finger for drive in resolved.drives] == [0, 1, 2, 3, 4]
    assert resolved.gesture == GESTURE


def test_fingers_and_gesture_may_be_left_out():
    resolved = resolve_map({"ring": MAP["ring"]}, MANIFEST)

    assert [drive.finger for drive in resolved.drives] == [3]
    assert resolved.gesture is None


def test_everything_that_is_wrong_is_said_at_once_with_what_there_is():
    manifest = replace(
        MANIFEST,
        capabilities=(
            number("vhi.prediction.thumb.flexion"),
            number("vhi.prediction.index", 0.0, 1.0),
            number("vhi.prediction.middle", -1.0, 1.0),
            GESTURE,
        ),
    )
    wanted = {
        "thumb": MappedAddress("vhi.prediction.thumb.flexon"),
        "index": MappedAddress("vhi.prediction.index", -1.0),
        "middle": MappedAddress("vhi.prediction.middle", 1.5),
        "ring": MappedAddress("vhi.prediction.middle"),
        "little": MappedAddress("vhi.control.gesture"),
        "gesture": MappedAddress("vhi.prediction.index"),
    }

    with pytest.raises(MapError) as caught:
        resolve_map(wanted, manifest)

    problems = caught.value.problems
    words = (
        "vhi.prediction.index is used by index and gesture",
        "vhi.prediction.middle is used by middle and ring",
        "thumb: vhi.prediction.thumb.flexon is unknown: use one of vhi.prediction.thumb.flexion",
        "index: a weight of -1 has the wrong sign",
        "middle: a weight of 1.5 is out of range, vhi.prediction.middle takes -1 to 1: use 1",
        "little: vhi.control.gesture is of the other kind",
        "gesture: vhi.prediction.index is of the other kind: use one of vhi.control.gesture",
    )
    assert len(problems) == len(words)
    for word in words:
        assert any(problem.startswith(word) for problem in problems), (word, problems)
    assert all(problem in str(caught.value) for problem in problems)


def test_control_pose_and_gestures_fight_for_one_hand():
    wanted = {
        "index": MappedAddress("vhi.control.pose.index"),
        "ring": MAP["ring"],
        "gesture": MAP["gesture"],
    }
    manifest = replace(
        MANIFEST, capabilities=(*MANIFEST.capabilities, number("vhi.control.pose.index"))
    )

    with pytest.raises(MapError) as caught:
        resolve_map(wanted, manifest)

    (problem,) = caught.value.problems
    assert problem.startswith("index: vhi.control.pose.index poses the hand that shows")
    del wanted["gesture"]
    assert len(resolve_map(wanted, manifest).drives) == 2


def test_a_declared_rest_is_where_a_finger_without_flexion_goes():
    ring = replace(number("vhi.prediction.ring", 0.0, 1.0), rest=0.5)
    manifest = replace(MANIFEST, capabilities=(ring,))

    (drive,) = resolve_map({"ring": MAP["ring"]}, manifest).drives

    assert [drive.number_of(flexion) for flexion in (0.0, 0.5, 1.0)] == [0.5, 0.75, 1.0]


def test_a_rest_beyond_the_range_is_refused():
    ring = replace(number("vhi.prediction.ring", 0.0, 1.0), rest=-0.5)

    with pytest.raises(MapError, match=r"rests at -0\.5"):
        resolve_map({"ring": MAP["ring"]}, replace(MANIFEST, capabilities=(ring,)))


def test_a_weight_of_0_is_a_weight_in_range():
    assert resolve_map({"ring": MappedAddress("vhi.prediction.ring", 0.0)}, MANIFEST).drives


@pytest.mark.parametrize(("lo", "hi"), [(0.0, 0.0), (0.5, 1.0)])
def test_an_address_without_a_range_around_0_is_refused(lo, hi):
    manifest = replace(MANIFEST, capabilities=(number("vhi.prediction.ring", lo, hi),))

    with pytest.raises(MapError, match="use another address"):
        resolve_map({"ring": MAP["ring"]}, manifest)
