import numpy as np
import pytest
from emgrig_operator.scheduling import Schedule

EMG = 50.0 + np.arange(100) / 100
FORCE = 50.005 + np.arange(10) / 10


def make_schedule(speed: float = 1.0) -> Schedule:
    return Schedule.of({"emg": EMG, "force": FORCE}, speed)


def test_streams_share_one_clock_that_starts_with_the_first_sample() -> None:
    schedule = make_schedule()

    assert schedule.times["emg"][0] == 0.0
    assert schedule.times["force"][0] == pytest.approx(0.005)
    assert schedule.duration_s == pytest.approx(0.99)


@pytest.mark.parametrize(("speed", "elapsed_s"), [(1.0, 0.5), (4.0, 0.125)])
def test_what_is_due_follows_the_speed(speed, elapsed_s) -> None:
    schedule = make_schedule(speed)

    assert schedule.due("emg", elapsed_s + 1e-9) == 51
    assert schedule.due("force", elapsed_s + 1e-9) == 5


def test_the_wait_is_for_the_stream_that_is_due_first() -> None:
    schedule = make_schedule()

    assert schedule.wait_s({"emg": 51, "force": 5}, 0.5) == pytest.approx(0.005)


def test_there_is_nothing_to_wait_for_at_the_end() -> None:
    assert make_schedule().wait_s({"emg": 100, "force": 10}, 2.0) is None


def test_a_gap_is_waited_for() -> None:
    schedule = Schedule.of({"emg": np.array([0.0, 0.01, 1.01])})

    assert schedule.wait_s({"emg": 2}, 0.01) == pytest.approx(1.0)
