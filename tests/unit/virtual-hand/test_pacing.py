import pytest
from emgrig_virtual_hand.pacing import MAX_TICKS, FramePacer


def test_each_tick_is_due_at_its_absolute_time():
    pacer = FramePacer(60.0, now_s=100.0)

    for n in range(1, 1000):
        now_s = 100.0 + n / 60
        assert pacer.take(now_s) == 1
        assert pacer.wait_s(now_s) == pytest.approx(1 / 60, abs=1e-9)


def test_nothing_is_due_early():
    pacer = FramePacer(60.0, now_s=0.0)

    assert pacer.take(0.016) == 0
    assert pacer.wait_s(0.016) == pytest.approx(1 / 60 - 0.016)


def test_a_late_frame_makes_up_for_what_it_missed():
    pacer = FramePacer(60.0, now_s=0.0)

    assert pacer.take(3.5 / 60) == 3
    assert pacer.wait_s(3.5 / 60) == pytest.approx(0.5 / 60)


def test_a_stall_is_made_up_for_by_eight_ticks_and_no_more():
    pacer = FramePacer(60.0, now_s=0.0)

    assert pacer.take(100.0) == MAX_TICKS
    assert pacer.take(100.0) == 0
    assert pacer.take(100.0 + 1.001 / 60) == 1
