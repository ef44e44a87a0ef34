"""How old a recording is does not depend on what somebody set the wall clock to."""

import time
from pathlib import Path

import pytest
from emgrig_recorder import clocks

HOUR_S = 3600.0


@pytest.mark.parametrize("step_s", [0.0, HOUR_S, -HOUR_S])
def test_the_age_is_that_of_the_monotonic_clock(
    monkeypatch: pytest.MonkeyPatch, step_s: float
) -> None:
    then = clocks.clock_now()
    then["monotonic_s"] -= 10
    then["wall_s"] += step_s - 10

    # Written 4 s later, by a clock that nobody had set yet.
    assert clocks.age_s(then["wall_s"] + 4, then) == pytest.approx(6, abs=0.5)


@pytest.mark.parametrize(
    "clock",
    [
        None,
        {},
        {"boot_id": "another"},
        "no clock",
        {**clocks.clock_now(), "wall_s": None},
        {"boot_id": clocks.clock_now()["boot_id"]},
    ],
)
def test_a_recording_of_another_boot_is_as_old_as_the_wall_clock_says(clock: object) -> None:
    assert clocks.age_s(time.time() - 60, clock) == pytest.approx(60, abs=0.5)


def test_a_system_without_boot_ids_goes_by_the_wall_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clocks, "BOOT_ID", tmp_path / "none")

    assert clocks.age_s(time.time() - 60, clocks.clock_now()) == pytest.approx(60, abs=0.5)
