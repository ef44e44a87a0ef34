"""The age of a prediction's data: by arrival and by stamps, whichever is older."""

import pytest
from emgrig.messages import Hop, Message
from emgrig_vhi_bridge.aging import DataAge

HOP_S = 1 / 32
HOUR_S = 3600.0
TRANSPORT_S = 0.001


class Line:
    """A device, and the line from it to the bridge.

    Attributes:
        now: True time, seconds.
        ahead_s: By how much the device's clock is wrong.
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        self.now = 5000.0
        self.ahead_s = ahead_s
        self.age = DataAge()

    def pass_s(self, seconds: float, *, late_s: float = 0.0, speed: float = 1.0) -> list[float]:
        """Let data come at its pace; returns what is thought of its age each time."""
        ages = []
        for _ in range(round(seconds / HOP_S)):
            self.now += HOP_S
            self.ahead_s += (speed - 1) * HOP_S
            ages.append(self.come(late_s))
        return ages

    def come(self, late_s: float = 0.0, *, slow_s: float = 0.0) -> float:
        """Let one prediction come of data that late at the acquirer, and that slow afterwards."""
        message = Message(
            topic="prediction/hand",
            source="predictor",
            epoch="e",
            seq=0,
            t_last=self.now - slow_s - TRANSPORT_S - late_s + self.ahead_s,
            received_ns=round(self.now * 1e9),
        )
        return self.age.of(message, now_s=self.now, lsl_now_s=self.now)


def test_the_age_is_that_of_the_stamps_and_all_that_came_after() -> None:
    line = Line()

    assert line.come() == pytest.approx(TRANSPORT_S)
    line.now += 0.3
    assert line.come(slow_s=0.3) == pytest.approx(0.3 + TRANSPORT_S)
    line.now += 1.0
    assert line.come(late_s=0.7) == pytest.approx(0.7 + TRANSPORT_S)


def test_data_that_is_held_on_its_way_ages_whatever_its_stamps_say() -> None:
    line = Line(ahead_s=HOUR_S)
    line.pass_s(1)

    line.now += 20.0
    assert line.come(slow_s=20.0) == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S, 20.0, -20.0, -0.4, 0.4])
def test_a_clock_that_is_set_keeps_no_hand_still(jump_s: float) -> None:
    line = Line()
    line.pass_s(1)

    line.ahead_s = jump_s
    assert max(line.pass_s(5)) < 0.45
    line.ahead_s = 0.0
    assert max(line.pass_s(5)) < 0.45


@pytest.mark.parametrize("ahead_s", [0.0, HOUR_S, -HOUR_S, 1.7e9])
def test_a_backlog_is_old_whatever_the_clock_says(ahead_s: float) -> None:
    line = Line()
    line.pass_s(1)
    line.ahead_s = ahead_s
    line.pass_s(2)

    line.now += 20.0
    for k in range(40):
        line.now += 0.005
        late_s = 20.0 - k * 0.5
        assert line.come(late_s) == pytest.approx(late_s, abs=0.02)


def test_what_the_clock_is_set_by_within_a_backlog_makes_it_no_younger() -> None:
    line = Line()
    line.pass_s(1)

    line.now += 20.0
    line.come(20.0)
    line.ahead_s = -HOUR_S
    assert line.come(19.9) == pytest.approx(20.0, abs=0.2)
    assert line.come(0.0) < 0.2


def test_a_standing_queue_of_a_right_clock_never_becomes_fresh() -> None:
    line = Line()

    assert min(line.pass_s(600, late_s=0.6)) >= 0.6


@pytest.mark.parametrize("speed", [10.0, 1 + 500e-6])
def test_stamps_that_run_ahead_are_of_now(speed: float) -> None:
    line = Line()

    assert max(line.pass_s(600, speed=speed)) < 0.01


def test_a_source_whose_clock_began_at_its_start_is_believed_after_a_second() -> None:
    line = Line(ahead_s=-4000.0)

    ages = line.pass_s(3)

    assert min(ages[:30]) > 3900
    assert max(ages[40:]) < 0.01


def test_what_was_left_in_a_queue_for_an_hour_is_old() -> None:
    line = Line()
    line.pass_s(1)

    line.now += HOUR_S
    assert line.come(HOUR_S) > 3500
    assert line.come(HOUR_S) > 3500
    assert max(line.pass_s(2)) < 0.01


@pytest.mark.parametrize("ahead_s", [HOUR_S, 20.0])
def test_a_clock_that_was_set_right_in_a_pause_is_believed_in_time(ahead_s: float) -> None:
    line = Line(ahead_s)
    line.pass_s(1)

    line.now += 2 * HOUR_S
    line.ahead_s = 0.0
    line.pass_s(ahead_s / 0.05 if ahead_s < 720 else 2)

    assert max(line.pass_s(1)) < 0.45


def test_it_does_not_matter_when_the_acquirers_computer_was_switched_on() -> None:
    for hop_ns in (1_000_000_000, 9_000_000_000_000):
        message = Message(
            topic="prediction/hand",
            source="predictor",
            epoch="e",
            seq=0,
            t_last=4999.9,
            trace=(Hop("emg-acquirer", hop_ns, hop_ns),),
            received_ns=4_999_990_000_000,
        )
        assert DataAge().of(message, now_s=5000.0, lsl_now_s=5000.0) == pytest.approx(0.1)
