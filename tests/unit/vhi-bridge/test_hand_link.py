"""The worker that talks to the hand: absent, refusing, restarted."""

from emgrig_vhi_bridge.found_hand import Smoothing, Speed


def test_cue_holds_the_movement_and_says_so(link, hand):
    outcome = link.set_movement("Fist").result(5)

    assert outcome.applied
    assert ("movement", "Fist") in hand.calls
    assert link.view.connected
    assert link.view.movement == "Fist"


def test_refusal_is_told_and_counted(link, hand, context):
    hand.refuses = "wrong mode"

    outcome = link.set_movement("Fist").result(5)

    assert outcome == (False, "wrong mode")
    assert context.counters["command_errors"] == 1
    assert link.view.last_error == "wrong mode"
    assert link.view.connected


def test_absent_hand_is_answered_at_once_and_shown(link, hand, context):
    hand.absent = True

    outcome = link.set_movement("Fist").result(5)

    assert not outcome.applied
    assert context.troubles == {"hand": "nobody there"}
    assert not link.view.connected


def test_hand_that_comes_back_is_told_session_and_cue_again(link, hand, context):
    link.set_session(True).result(5)
    link.set_movement("Fist").result(5)
    hand.absent = True
    hand.next_probe()

    hand.restart()
    hand.next_probe()

    assert hand.session
    assert hand.movement == "Fist"
    assert context.troubles == {}


def test_hand_that_restarted_between_two_probes_is_told_again_and_counted(link, hand, context):
    link.set_session(True).result(5)
    link.set_movement("Fist").result(5)

    hand.restart()
    hand.next_probe()

    assert hand.session
    assert hand.movement == "Fist"
    assert context.counters["hand_returns"] == 1


def test_hand_that_restarted_between_two_probes_without_a_session_is_told_again(link, hand):
    link.set_speed(Speed(frequency_hz=2.0)).result(5)
    link.set_movement("Fist").result(5)
    hand.next_probe()
    hand.calls.clear()

    hand.restart()
    hand.next_probe()

    assert hand.calls == [("speed", Speed(frequency_hz=2.0)), ("movement", "Fist")]


def test_refused_movement_is_not_told_again(link, hand):
    link.set_movement("Fist").result(5)
    hand.refuses = "wrong mode"
    link.set_movement("Rest").result(5)
    hand.refuses, hand.absent = "", True
    hand.next_probe()

    hand.restart()
    hand.next_probe()

    assert hand.movement == "Fist"


def test_hand_is_negotiated_with_once_and_again_after_it_was_lost(link, hand):
    link.set_movement("Fist").result(5)
    link.set_movement("Rest").result(5)
    assert (hand.n_found, hand.chosen) == (1, [hand])

    hand.absent = True
    link.set_movement("Fist").result(5)
    hand.restart()
    hand.next_probe()

    assert hand.n_found == 2
    assert link.view.protocol == "v1"


def become_foreign(link, hand):
    """Let another hand, which must not be driven, take the place of the one that was found."""
    hand.absent = True
    link.set_movement("Rest").result(5)
    hand.foreign, hand.absent = "its vocabulary is too old", False


def test_hand_that_must_not_be_driven_is_not(link, hand, context):
    become_foreign(link, hand)

    outcome = link.set_movement("Fist").result(5)

    assert outcome == (False, "its vocabulary is too old")
    assert hand.chosen[-1] is None
    assert ("movement", "Fist") not in hand.calls
    assert context.troubles == {"hand": "its vocabulary is too old"}
    assert not link.view.connected


def test_hand_that_was_mended_is_driven_after_all(link, hand):
    become_foreign(link, hand)
    link.set_movement("Fist").result(5)

    hand.foreign = ""
    hand.next_probe()

    assert link.view.connected
    assert hand.chosen[-1] is hand
    assert link.set_movement("Fist").result(5).applied


def test_a_command_that_finds_a_restarted_hand_first_leaves_the_rest_to_be_told(link, hand):
    link.set_speed(Speed(frequency_hz=2.0)).result(5)
    link.set_session(True).result(5)
    hand.absent = True
    link.set_movement("Fist").result(5)
    hand.restart()
    hand.calls.clear()

    link.set_movement("Rest").result(5)
    hand.next_probe()

    assert ("session", True) in hand.calls
    assert ("speed", Speed(frequency_hz=2.0)) in hand.calls


def test_a_hand_that_has_forgotten_is_negotiated_with_again(link, hand):
    link.set_session(True).result(5)
    hand.next_probe()
    n_found = hand.n_found

    hand.restart()
    hand.next_probe()

    assert hand.n_found == n_found + 1
    assert hand.session


def test_a_refused_session_is_not_shown_as_set(link, hand):
    hand.next_probe()
    hand.refuses = "no keyboard"

    assert not link.set_session(True).result(5).applied
    assert not link.view.session_active


def test_hand_that_comes_back_is_told_timing_smoothing_and_sweep_again(link, hand):
    link.set_speed(Speed(frequency_hz=2.0)).result(5)
    link.set_speed(Speed(hold_s=0.0)).result(5)
    link.set_smoothing(Smoothing(True, 4.0)).result(5)
    link.set_movement("Fist", sweep=True).result(5)
    hand.absent = True
    hand.next_probe()
    hand.restart()
    hand.calls.clear()

    hand.next_probe()

    assert hand.calls == [
        ("speed", Speed(frequency_hz=2.0, hold_s=0.0)),
        ("smoothing", Smoothing(True, 4.0)),
        ("sweep", "Fist"),
    ]


def test_a_hand_that_only_did_not_answer_goes_on_with_its_sweep(link, hand):
    link.set_movement("Fist", sweep=True).result(5)
    hand.absent = True
    hand.next_probe()
    hand.absent = False
    hand.calls.clear()

    hand.next_probe()

    assert hand.calls == []


def test_what_a_returned_hand_refuses_is_shown(link, hand, context):
    link.set_movement("Fist").result(5)
    hand.restart()
    hand.refuses = "wrong mode"

    hand.next_probe()

    assert link.view.last_error == "wrong mode"
    assert context.counters["command_errors"] >= 1


def test_a_take_is_the_rig_s_whatever_the_hand_says_of_its_session(link, hand):
    hand.session = True
    hand.next_probe()
    assert link.view.session_active
    assert not link.in_take

    hand.absent = True
    link.set_session(True).result(5)
    assert link.in_take


def test_stopped_hand_is_not_told_the_movement_again(link, hand):
    link.set_movement("Fist").result(5)
    link.freeze(False).result(5)
    hand.absent = True
    hand.next_probe()
    hand.restart()
    hand.calls.clear()

    hand.next_probe()

    assert hand.calls == []


def test_refused_timing_is_not_remembered(link, hand):
    hand.refuses = "wrong mode"

    outcome = link.set_speed(Speed(frequency_hz=2.0)).result(5)

    assert outcome == (False, "wrong mode")
    assert link.view.speed == Speed()
