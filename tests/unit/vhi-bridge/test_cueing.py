"""Rest, as it is cued."""

from types import SimpleNamespace

from emgrig.testing import wait_until
from emgrig_vhi_bridge.cueing import Cueing


def cueing_of(link, classes) -> Cueing:
    """Cues to a hand, told to nobody else."""
    gestures = SimpleNamespace(cued=lambda name: 1, cue_ended=lambda turn, *, applied: None)
    outlet = SimpleNamespace(push=lambda index, t: None)
    publisher = SimpleNamespace(send=lambda topic, **_: None)
    return Cueing(link, gestures, outlet, publisher, classes)


def test_a_hand_that_was_away_is_brought_to_rest_when_it_is_back(hand, link, context):
    hand.movement = "Fist"
    hand.next_probe()
    hand.absent = True

    cueing_of(link, ["Rest", "Fist"]).rest()
    wait_until(lambda: context.counters["command_errors"], 5)
    hand.absent = False

    wait_until(lambda: hand.movement == "Rest", 10)


def test_a_hand_without_a_movement_for_rest_is_stopped(hand, link):
    hand.next_probe()

    cueing_of(link, ["Relax", "Fist"]).rest()

    wait_until(lambda: hand.calls == [("freeze", False)], 5)
