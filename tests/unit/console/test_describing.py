"""A line for each process, and every cause once."""

import pytest
from emgrig.control import hand_pb2
from emgrig_console.describing import (
    Trouble,
    describe,
    hand_words,
    returns_words,
    troubles_of,
    troubles_together,
)
from emgrig_console.sightings import Health

from tests.unit.console.polled import NEVER, live, old, program

WELL = Health({"state": "RUNNING", "cpu_percent": 3.2, "rss_mb": 84.4, "troubles": {}}, 0.1)
LOST = "lost the connection to extractor; supervisor starts it again (since 1 s)"


def test_a_process_that_runs() -> None:
    row = describe(program("recorder", up_s=15), WELL)

    assert (row.mark, row.state, row.tone) == ("●", "running", "ok")
    assert (row.up, row.cpu, row.memory) == ("00:15", "3", "84")
    assert (row.can_start, row.can_stop) == (False, True)


def test_nothing_of_a_row_is_live_when_supervisor_is_gone() -> None:
    row = describe(program("recorder", up_s=15), WELL, is_known=False)

    assert (row.mark, row.state, row.tone, row.up) == ("○", "not known", "stale", "")
    assert not (row.can_start)
    assert not (row.can_stop)


@pytest.mark.parametrize(
    ("state", "health", "words", "tone"),
    [
        ("STOPPED", WELL, "stopped", "stale"),
        ("STARTING", WELL, "starting", "warn"),
        ("FROZEN", WELL, "frozen", "danger"),
        ("RUNNING", None, "not heard", "warn"),
        ("RUNNING", Health({"state": "RUNNING"}, 4.0), "silent 4 s", "danger"),
        ("RUNNING", Health({"state": "DEGRADED"}, 0.1), "degraded", "warn"),
        ("FATAL", None, "gave up", "danger"),
    ],
)
def test_states(state, health, words, tone) -> None:
    row = describe(program("recorder", state, exit_code=1), health)

    assert (row.state, row.tone) == (words, tone)


@pytest.mark.parametrize("document", [{}, {"cpu_percent": "much", "rss_mb": None, "state": 3}])
def test_a_health_document_that_is_none_costs_its_own_numbers_only(document) -> None:
    row = describe(program("recorder", up_s=15), Health(document, 0.1))

    assert (row.state, row.up, row.cpu, row.memory) == ("unclear", "00:15", "", "")


def test_a_cause_is_said_once_with_all_who_suffer() -> None:
    troubles = [("console", {"peer": LOST}), ("recorder", {"peer": LOST.replace("1 s", "2 s")})]

    (trouble,) = troubles_together(troubles)

    assert trouble == Trouble(
        ("console", "recorder"),
        "lost the connection to extractor",
        "supervisor starts it again",
    )


def test_a_process_that_is_not_there_complains_of_nothing() -> None:
    ill = Health({"troubles": {"disk": "full"}}, 0.1)

    assert troubles_of(program("recorder"), ill) == {"disk": "full"}
    assert troubles_of(program("recorder", "STOPPED"), ill) == {}
    assert troubles_of(program("recorder"), Health({"troubles": "many"}, 0.1)) == {}


def test_returns_and_hand_in_words() -> None:
    assert returns_words({"a": 0, "b": 1, "c": 2}) == "Started again: b 1 time, c 2 times"
    assert returns_words({"a": 0}) == ""
    second = hand_pb2.HandStatus(connected=True, protocol="v2")

    assert "not known" in hand_words(NEVER)
    assert "second" in hand_words(live(second))
    assert hand_words(old(second)) == "Hand: not known, vhi-bridge was heard 10 s ago"


def test_the_vhi_says_nothing_of_itself_and_runs() -> None:
    row = describe(program("vhi", "RUNNING"), None)

    assert (row.state, row.tone) == ("running", "ok")
