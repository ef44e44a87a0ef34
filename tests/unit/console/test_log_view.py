"""Which lines of the log are shown."""

import pytest
from emgrig_console.log_view import MOST_SHOWN, excerpt, line_text, matches, missed_words
from emgrig_console.sightings import LogLine

LINE = LogLine(1, "recorder", "warning", "disk", "free_mb=3", "2026-01-01T10:20:30.5+00:00")


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (("", "info", ""), True),
        (("recorder", "warning", "FREE_MB"), True),
        (("trainer", "info", ""), False),
        (("", "error", ""), False),
        (("", "info", "nothing"), False),
    ],
)
def test_filters(filters, passes) -> None:
    assert matches(LINE, *filters) == passes


def test_a_line_has_time_level_and_process() -> None:
    assert line_text(LINE) == "10:20:30 warning recorder: disk free_mb=3"


def test_what_is_cut_is_said() -> None:
    assert excerpt([LINE], "", "info", "").words == "1 line, times in UTC"
    many = excerpt([LINE] * (MOST_SHOWN + 1), "", "info", "")
    assert many.words == f"the newest {MOST_SHOWN} of {MOST_SHOWN + 1} lines, times in UTC"
    assert len(many.text.splitlines()) == MOST_SHOWN
    assert "passes these filters" in excerpt([LINE], "trainer", "info", "").words


def test_what_nobody_saw_is_counted_in_words() -> None:
    levels = ("error", "info", "warning", "error", "critical", "debug")
    lines = [LogLine(n, "recorder", level, "disk", "", "") for n, level in enumerate(levels)]

    assert missed_words(lines, 0) == "3 errors, 1 warning"
    assert missed_words(lines, 2) == "2 errors, 1 warning"
    assert missed_words(lines, 4) == "1 error"
    assert missed_words(lines, 5) == ""
