"""The EMG source in words, and when it can be changed."""

import pytest
from emgrig.control import acquirer_pb2, recorder_pb2
from emgrig_console.polling import Polled
from emgrig_console.sightings import Health, TopicRow
from emgrig_console.stream_view import (
    ledger_details,
    ledger_words,
    source_words,
    stream_rows,
    visible_words,
    why_not_choose,
)

STATUS = acquirer_pb2.SourceStatus(
    connected=True,
    name="Amp",
    host="bench",
    n_channels=8,
    delivered_rate_hz=2047.9,
    declared_rate_hz=2048,
    wanted="name 'Amp'",
)


def polled(value, age_s=0.1):
    return Polled(value, age_s)


def test_a_chosen_source_says_that_rig_toml_is_not_followed():
    assert "rig.toml" not in source_words(polled(STATUS))
    chosen = acquirer_pb2.SourceStatus(chosen=True)
    chosen.MergeFrom(STATUS)
    assert "chosen, not as in rig.toml" in source_words(polled(chosen))


def test_an_absent_source_says_what_is_looked_for():
    words = source_words(polled(acquirer_pb2.SourceStatus(wanted="name 'Amp'")))

    assert "none with name 'Amp'" in words


@pytest.mark.parametrize(
    ("source", "is_recording", "why"),
    [
        (polled(STATUS), False, ""),
        (polled(STATUS), True, "Stop the recording first"),
        (polled(None), False, "does not answer"),
        (polled(STATUS, age_s=60), False, "does not answer"),
    ],
)
def test_the_source_can_be_changed_unless_there_is_a_reason(source, is_recording, why):
    recording = polled(recorder_pb2.RecordingStatus(recording=is_recording))

    assert why in why_not_choose(source, recording)
    assert bool(why) == bool(why_not_choose(source, recording))


def test_a_visible_stream_is_told_with_its_size():
    source = acquirer_pb2.VisibleSource(name="Amp", host="bench", n_channels=4, connected=True)

    assert visible_words(source) == "Amp (no type) from bench, 4 ch, irregular, read now"


def topic(**changes):
    known = {
        "topic": "chunk/emg",
        "source": "emg-acquirer",
        "rate_hz": 2048.0,
        "declared_hz": 2048.0,
        "age_s": 0.01,
        "lag_s": 0.0,
        "watched_s": 5.0,
        "n_missed": 0,
        "n_channels": 8,
    }
    return TopicRow(**(known | changes))


@pytest.mark.parametrize(
    ("changes", "tone", "note"),
    [
        ({}, "", ""),
        ({"age_s": 3.0}, "stale", "nothing for 3 s"),
        ({"rate_hz": 1900.0}, "warn", "not the declared rate"),
        # In its first seconds a rate is not known to two per cent.
        ({"rate_hz": 1900.0, "watched_s": 1.0}, "", ""),
        ({"topic": "event/cue", "declared_hz": 0.0, "age_s": 60.0}, "", ""),
    ],
)
def test_a_topic_says_what_is_to_be_looked_at(changes, tone, note):
    (row,) = stream_rows([topic(**changes)])

    assert row.tone == tone
    assert note in row.note


def test_two_sources_of_a_topic_have_a_row_each():
    rows = stream_rows([topic(), topic(source="another")])

    assert [row.topic for row in rows] == ["chunk/emg of emg-acquirer", "chunk/emg of another"]


def test_the_ledger_balances_and_tells_its_reasons():
    counts = {"received": 5, "used": 2, "skipped": {"no_model": 3}, "refused": {}}
    well = Health({"ledger": {"features/emg": counts}}, 0.0)

    assert ledger_words([well]) == "Every message is accounted for"
    assert ledger_details([well]) == ["3 left out: no model was loaded"]
    off = Health({"ledger": {"features/emg": counts | {"received": 6}}}, 0.0)
    assert "off by 1" in ledger_words([off])


@pytest.mark.parametrize("ledger", [{"x": 3}, {"x": {"skipped": {"no_model": "many"}}}])
def test_a_ledger_that_is_none_is_no_ledger(ledger):
    nonsense = Health({"ledger": ledger}, 0.0)

    assert ledger_words([nonsense]) == "Every message is accounted for"


@pytest.mark.parametrize("healths", [[], [Health({"ledger": None}, 0.0)], [Health({}, 0.0)]])
def test_where_no_ledger_is_heard_nothing_is_claimed(healths):
    assert ledger_words(healths) == "No ledger is heard"
