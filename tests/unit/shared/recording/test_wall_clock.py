import pytest
from emgrig.recording import CLOCK_RECORD, export_session, open_session, wall_step_s

from tests.unit.shared.recording.builders import chunk, record

HOUR_S = 3600.0


def clock(monotonic_s: float, set_by_s: float = 0.0, boot_id: str = "boot") -> dict[str, object]:
    """Return a reading of both clocks, of which somebody has set one."""
    return {"boot_id": boot_id, "monotonic_s": monotonic_s, "wall_s": 1e9 + monotonic_s + set_by_s}


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S, 1.5])
def test_a_step_is_by_how_much_the_wall_clock_was_set(step_s):
    assert wall_step_s(clock(10.0), clock(20.0, step_s)) == pytest.approx(step_s)


@pytest.mark.parametrize(
    "after", [clock(20.0), clock(20.0, 0.4), clock(20.0, HOUR_S, "another"), clock(20.0, 9.0, "")]
)
def test_a_clock_that_is_disciplined_or_of_another_boot_made_no_step(after):
    assert wall_step_s(clock(10.0), after) == 0.0


@pytest.mark.parametrize(
    "reading",
    [None, {}, "noon", {"boot_id": "b", "wall_s": 1.0}, clock(float("nan")), clock(float("inf"))],
)
def test_a_journal_of_other_words_has_no_steps(tmp_path, reading):
    folder = record(tmp_path / "a.recording", [chunk(0)], {"clock": reading})
    record(folder, [chunk(1)], {"clock": clock(20.0)})

    with open_session(export_session(folder, tmp_path)) as session:
        assert session.extras["emgrig"]["wall_clock_steps"] == []


def test_a_session_says_when_the_wall_clock_was_set_and_by_how_much(tmp_path):
    """While it was recorded, and between two of its segments."""
    folder = tmp_path / "a.recording"
    record(folder, [chunk(0)], {"clock": clock(5.0)}, {CLOCK_RECORD: clock(8.0, HOUR_S)})
    record(folder, [chunk(1)], {"clock": clock(9.0, HOUR_S)})
    record(folder, [chunk(2)], {"clock": clock(20.0)})

    with open_session(export_session(folder, tmp_path)) as session:
        steps = session.extras["emgrig"]["wall_clock_steps"]
    assert [step["t"] for step in steps] == [8.0, 20.0]
    assert [step["seconds"] for step in steps] == pytest.approx([HOUR_S, -HOUR_S])
