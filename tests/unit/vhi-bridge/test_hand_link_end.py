"""What a bridge leaves behind when it stops, and takes up when it is started again."""

import threading
from contextlib import contextmanager

from emgrig_vhi_bridge.found_hand import Held
from emgrig_vhi_bridge.hand_link import HandLink

from tests.deadlines import MS


@contextmanager
def worked(hand, context, **how):
    """Work until the end of the block, then stop."""
    link = HandLink(hand.find, hand.chosen.append, context, probe_s=50 * MS)
    worker = threading.Thread(target=lambda: link.work(**how))
    worker.start()
    yield link
    link.close()
    worker.join(5)


def test_the_keyboard_that_we_locked_is_freed_at_the_end(hand, context):
    with worked(hand, context) as link:
        link.set_session(True).result(5)

    assert not hand.session


def test_the_keyboard_that_another_locked_stays_locked(hand, context):
    hand.session = True
    with worked(hand, context):
        hand.next_probe()

    assert hand.session


def test_a_bridge_that_was_restarted_in_a_take_locks_the_keyboard_again(hand, context):
    with worked(hand, context, in_session=True) as link:
        hand.next_probe()

        assert link.view.session_active
        assert hand.session


def test_hand_is_let_go_at_the_end(hand, context):
    with worked(hand, context) as link:
        link.set_movement("Fist").result(5)

    assert hand.calls[-1] == ("rest", Held("Fist"))


def test_what_is_held_is_let_go_by_whoever_speaks_to_the_hand_at_the_end(hand, context):
    with worked(hand, context) as link:
        link.set_movement("Fist", sweep=True).result(5)
        hand.absent = True
        hand.next_probe()
        hand.absent = False
        hand.next_probe()

    assert hand.n_found > 1
    assert hand.calls[-1] == ("rest", Held("Fist", sweep=True))
