import numpy as np
import pytest
from emgrig.messages import Message
from emgrig_console.viewer.store import SampleStore

FS = 100.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def chunk(
    index,
    n,
    *,
    kind="chunk",
    source="emg-acquirer",
    epoch="a",
    dtype=np.float32,
    value=None,
    late_s=0.0,
):
    rows = np.arange(index, index + n) if value is None else np.full(n, value)
    data = np.stack([rows, rows + 0.5], axis=1).astype(dtype)
    return Message(
        topic=f"{kind}/emg",
        source=source,
        epoch=epoch,
        seq=index,
        sample_index=index,
        t_last=(index + n) / FS + late_s,
        fs=FS,
        data=data,
    )


def first_column(store, which, first, stop):
    return store.read(which, first, stop).samples[:, 0].tolist()


def test_chunks_become_one_track() -> None:
    store = SampleStore(Clock())

    for index in (0, 10, 20):
        store.put(chunk(index, 10))

    assert store.track("raw").n == 30
    assert first_column(store, "raw", 5, 25) == list(range(5, 25))
    assert store.track("conditioned") is None


def test_of_a_window_only_what_is_new_counts() -> None:
    store = SampleStore(Clock())

    for index in (0, 4, 8):
        store.put(chunk(index, 20, kind="window"))

    assert store.track("conditioned").n == 28
    assert first_column(store, "conditioned", 0, 28) == list(range(28))


def test_a_gap_is_marked_and_a_repeated_chunk_is_shown_once() -> None:
    store = SampleStore(Clock())

    store.put(chunk(0, 10))
    store.put(chunk(0, 10))
    store.put(chunk(30, 10))

    assert store.track("raw").n == 20
    assert [(mark.sample, mark.kind) for mark in store.marks("raw", 0)] == [(10, "gap")]


@pytest.mark.parametrize("kind", ["chunk", "window"])
def test_what_the_source_left_out_is_a_gap_though_no_number_is_missing(kind) -> None:
    store = SampleStore(Clock())

    for index, late_s in ((0, 0.0), (10, 0.05), (20, 1.0), (30, 1.0)):
        store.put(chunk(index, 10, kind=kind, late_s=late_s))

    which = "raw" if kind == "chunk" else "conditioned"
    assert [tuple(mark) for mark in store.marks(which, 0)] == [(20, "gap", -1)]


def test_what_is_too_old_is_forgotten() -> None:
    store = SampleStore(Clock())

    for index in range(0, 10_000, 100):
        store.put(chunk(index, 100))

    strip = store.read("raw", 0, 10_000)
    assert strip.first == 10_000 - store.track("raw").capacity
    assert strip.samples[-1, 0] == 9999


def test_a_cut_peak_of_an_integer_stream_is_marked() -> None:
    store = SampleStore(Clock())

    store.put(chunk(0, 5, dtype=np.int16, value=32767))

    assert {(mark.kind, mark.channel) for mark in store.marks("raw", 0)} == {
        ("clip", 0),
        ("clip", 1),
    }


def test_another_incarnation_begins_anew() -> None:
    store = SampleStore(Clock())
    store.put(chunk(0, 10))
    before = store.generation

    store.put(chunk(0, 10, epoch="b"))

    assert store.generation == before + 1
    assert store.track("raw").n == 10


def test_of_two_acquirers_the_second_is_shown_when_the_first_is_silent() -> None:
    clock = Clock()
    store = SampleStore(clock)

    store.put(chunk(0, 10))
    store.put(chunk(0, 10, source="emg-acquirer-2"))
    assert store.track("raw").n == 10
    clock.now = 2.0
    store.put(chunk(50, 10, source="emg-acquirer-2"))

    assert first_column(store, "raw", 0, 10) == list(range(50, 60))


def test_the_acquirers_full_scale_marks_clips_of_floats_in_both_tracks() -> None:
    store = SampleStore(Clock(), full_scale=5.0)
    store.put(chunk(0, 10, value=1.0))
    store.put(chunk(0, 10, kind="window", value=0.0))

    store.put(chunk(10, 10, value=-5.5))
    store.put(chunk(10, 10, kind="window", value=0.0))

    clips = [(10, "clip", 0), (10, "clip", 1)]
    assert [tuple(mark) for mark in store.marks("raw", 0)] == clips
    assert [tuple(mark) for mark in store.marks("conditioned", 0)] == clips


def test_what_is_no_number_is_marked() -> None:
    store = SampleStore(Clock())

    store.put(chunk(0, 10, value=np.nan))

    assert {mark.kind for mark in store.marks("raw", 0)} == {"nan"}
