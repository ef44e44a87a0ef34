"""The count that is shown while recording: of two acquirers each sample once."""

import numpy as np
from emgrig.messages import Message, pack_timestamps
from emgrig_recorder.counting import TakeCounts

FS = 1000.0
N = 20


def chunk(source: str, start: int, *, seq: int = 0, epoch: str = "a", n: int = N) -> Message:
    times = 50.0 + np.arange(start, start + n) / FS
    return Message(
        topic="chunk/emg",
        source=source,
        epoch=epoch,
        seq=seq,
        t_first=float(times[0]),
        t_last=float(times[-1]),
        sample_index=start,
        fs=FS,
        data=np.zeros((n, 2), np.float32),
        fields={"timestamps": pack_timestamps(times), "channel_names": []},
    )


def test_both_at_once_count_as_one():
    counts = TakeCounts()

    for start in range(0, 1000, N):
        counts.note(chunk("emg-acquirer", start))
        counts.note(chunk("emg-acquirer-2", start))

    assert (counts.streams["emg"].samples, counts.streams["emg"].gaps) == (1000, 0)


def test_a_change_over_is_no_gap():
    counts = TakeCounts()

    for start in range(0, 500, N):
        counts.note(chunk("emg-acquirer", start))
    for start in range(390, 990, N):
        counts.note(chunk("emg-acquirer-2", start))
    for start in range(700, 1000, N):
        counts.note(chunk("emg-acquirer", start, epoch="b"))

    assert (counts.streams["emg"].samples, counts.streams["emg"].gaps) == (1000, 0)


def test_a_hole_of_both_is_a_gap():
    counts = TakeCounts()

    counts.note(chunk("emg-acquirer", 0))
    counts.note(chunk("emg-acquirer-2", 500))

    assert (counts.streams["emg"].samples, counts.streams["emg"].gaps) == (2 * N, 1)
