"""Who may say something, on how many topics, and with which numbers."""

import pytest
from emgrig.errors import FrameSequenceError, FrameSourceError
from emgrig.messages import Message
from emgrig.transport.admission import MAX_STEP, MAX_TOPICS, Admission


def message(topic: str = "event/cue", *, source: str = "a", epoch: str = "e", seq: int = 0):
    return Message(topic=topic, source=source, epoch=epoch, seq=seq)


def test_a_source_that_was_not_asked_is_refused() -> None:
    admission = Admission(["a"])

    admission.check_source(message())
    with pytest.raises(FrameSourceError, match="got event/cue of 'b'") as refused:
        admission.check_source(message(source="b"))

    assert refused.value.reason == "unknown_source"


def test_one_topic_more_than_the_limit_is_refused_and_the_others_go_on() -> None:
    admission = Admission(["a"])
    for number in range(MAX_TOPICS):
        admission.observe(message(f"chunk/s{number}"))

    with pytest.raises(FrameSourceError, match="as one more") as refused:
        admission.observe(message("chunk/other"))

    assert refused.value.reason == "too_many_topics"
    assert not admission.observe(message("chunk/s3", seq=1)).duplicate


def test_a_step_that_no_loss_explains_is_refused_and_forgotten() -> None:
    admission = Admission(["a"])
    admission.observe(message())

    for epoch in ("e", "f"):
        with pytest.raises(FrameSequenceError, match="restart it"):
            admission.observe(message(epoch=epoch, seq=MAX_STEP + 9))

    assert admission.observe(message(seq=3)).missing == range(1, 3)


def test_a_sequence_goes_on_where_it_is_told_to() -> None:
    admission = Admission(["a"])

    assert admission.resume("a", "event/cue", "e", 7)
    assert not admission.resume("b", "event/cue", "e", 7)

    assert admission.observe(message(seq=9)).missing == range(7, 9)
