"""The EMG source in words, and when it can be changed."""

from types import SimpleNamespace

import pytest
from emgrig.control import acquirer_pb2
from emgrig_console.stream_view import source_words, visible_words, why_not_choose

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
    return SimpleNamespace(value=value, age_s=age_s)


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
    recording = polled(SimpleNamespace(recording=is_recording))

    assert why in why_not_choose(source, recording)
    assert bool(why) == bool(why_not_choose(source, recording))


def test_a_visible_stream_is_told_with_its_size():
    source = acquirer_pb2.VisibleSource(name="Amp", host="bench", n_channels=4, connected=True)

    assert visible_words(source) == "Amp (no type) from bench, 4 ch, irregular, read now"
