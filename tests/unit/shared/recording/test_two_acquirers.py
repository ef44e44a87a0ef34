"""Two acquirers of one stream: the session has every sample that either of them got, once."""

from itertools import chain, pairwise

import numpy as np
import pytest
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import export_session, open_session, verify_session
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.shared.recording.builders import FS, record, samples

CLOCKS = {"emg-acquirer": 0.0, "emg-acquirer-2": 150e-6}
"""What each one adds to the source's times: their estimates of the clock differ a little."""


class Acquirer:
    """Sends what it gets of the stream; its numbers begin anew with each incarnation."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.begin("1")

    def begin(self, epoch: str) -> None:
        self.epoch, self.seq, self.index = epoch, 0, 0

    def chunk(self, start: int, stop: int, *, clock_s: float = 50.0) -> Message:
        """Return the chunk of samples start to stop of the stream."""
        t_source = clock_s + start / FS
        times = t_source + CLOCKS[self.source] + np.arange(stop - start) / FS
        message = Message(
            topic="chunk/emg",
            source=self.source,
            epoch=f"{self.source}-{self.epoch}",
            seq=self.seq,
            t_first=float(times[0]),
            t_last=float(times[-1]),
            sample_index=self.index,
            fs=FS,
            data=samples(start, stop - start),
            fields={
                "timestamps": pack_timestamps(times),
                "channel_names": [],
                "t_source": t_source,
            },
        )
        self.seq, self.index = self.seq + 1, self.index + stop - start
        return message


def cut(acquirer: Acquirer, spans, size: int) -> list[Message]:
    """Return the chunks of one that was alive during the spans [start, stop) of samples."""
    found = []
    for number, (start, stop) in enumerate(spans):
        acquirer.begin(str(number))
        edges = [*range(start, stop, size), stop]
        found += [acquirer.chunk(a, b) for a, b in pairwise(edges)]
    return found


def export(tmp_path_factory, messages):
    folder = tmp_path_factory.mktemp("two")
    path = export_session(record(folder / "take.recording", messages), folder)
    assert verify_session(path).is_sound
    with open_session(path) as session:
        rows = session.data("emg")[:, 0].astype(int)
        return rows.tolist(), session.timestamps("emg"), session.extras["emgrig"]


def together(first: list[Message], second: list[Message]) -> list[Message]:
    """Return both in the order in which a recorder hears them."""
    return sorted([*first, *second], key=lambda message: message.t_last)


A, B = CLOCKS


@pytest.mark.parametrize("dead", CLOCKS)
def test_either_may_die_and_come_back_without_a_gap(tmp_path_factory, dead):
    spans = {name: [(0, 2000)] for name in CLOCKS} | {dead: [(7, 611), (1203, 2000)]}
    first, second = (cut(Acquirer(name), spans[name], size) for name, size in ((A, 32), (B, 20)))

    rows, times, books = export(tmp_path_factory, together(first, second))

    assert rows == list(range(2000))
    assert np.all(np.diff(times) > 0)
    assert books["streams"]["emg"]["n_gaps"] == 0
    assert books["streams"]["emg"]["missing"] == 0


def test_both_dead_is_a_gap_of_that_length(tmp_path_factory):
    first = cut(Acquirer(A), [(0, 500), (1000, 2000)], 32)
    second = cut(Acquirer(B), [(0, 600), (900, 2000)], 20)

    rows, _, books = export(tmp_path_factory, together(first, second))

    assert rows == [*range(600), *range(900, 2000)]
    (gap,) = books["gaps"]["emg"]
    assert gap["seconds"] == pytest.approx(0.301, abs=1e-3)


def test_each_stretch_names_the_acquirer_that_it_came_from(tmp_path_factory):
    first = cut(Acquirer(A), [(0, 1000)], 32)
    second = cut(Acquirer(B), [(500, 2000)], 20)

    rows, _, books = export(tmp_path_factory, together(first, second))

    assert rows == list(range(2000))
    origins = [(run["source"], run["first_index"]) for run in books["streams"]["emg"]["epochs"]]
    assert origins == [(A, 0), (B, 1000)]


def test_a_clock_that_is_set_back_loses_nothing(tmp_path_factory):
    messages = []
    acquirers = [Acquirer(A), Acquirer(B)]
    for start in range(0, 2000, 20):
        clock_s = 50.0 if start < 1000 else -3550.0
        messages += [a.chunk(start, start + 20, clock_s=clock_s) for a in acquirers]

    rows, _, _ = export(tmp_path_factory, messages)

    assert rows == list(range(2000))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whoever_lives_the_union_is_recorded_in_order(tmp_path_factory, data):
    def spans() -> list[tuple[int, int]]:
        edges = data.draw(st.lists(st.integers(0, 3000), min_size=2, max_size=8, unique=True))
        edges = sorted(edges[: len(edges) // 2 * 2])
        return list(zip(edges[::2], edges[1::2], strict=True))

    alive = spans(), spans()
    sizes = data.draw(st.tuples(st.integers(5, 200), st.integers(5, 200)))
    heard = [cut(Acquirer(n), s, z) for n, s, z in zip(CLOCKS, alive, sizes, strict=True)]

    rows, _, _ = export(tmp_path_factory, together(*heard))

    union = {row for one in alive for start, stop in one for row in range(start, stop)}
    assert rows == sorted(union)


STEP_S = 1.0
"""How far the clock of the source goes back; longer than a gap, and shorter than some outages."""


def cut_around(acquirer: Acquirer, spans, size: int, jump: int) -> list[tuple[int, Message]]:
    """Return (last sample, chunk) of one; at sample jump the clock goes back."""
    found = []
    for number, (start, stop) in enumerate(spans):
        acquirer.begin(str(number))
        edges = sorted({*range(start, stop, size), stop, min(max(jump, start), stop)})
        for a, b in pairwise(edges):
            clock_s = 50.0 - STEP_S * (a >= jump)
            found.append((b, acquirer.chunk(a, b, clock_s=clock_s)))
    return found


def test_a_clock_that_goes_back_while_one_is_away_gives_each_sample_once(tmp_path_factory):
    jump = 3000
    first = cut_around(Acquirer(A), [(0, 9000)], 32, jump)
    second = cut_around(Acquirer(B), [(0, 1000), (1000 + 3 * int(FS), 9000)], 20, jump)
    heard = [message for _, message in sorted([*first, *second], key=lambda pair: pair[0])]

    rows, _, _ = export(tmp_path_factory, heard)

    assert rows == list(range(9000))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_clock_that_goes_back_takes_no_sample_twice_and_loses_none(tmp_path_factory, data):
    jump = data.draw(st.integers(500, 5000), label="jump")
    # One of them sees it: where both are away, nobody can tell.
    before = data.draw(st.integers(1, jump), label="before")
    seer = (jump - before, jump + data.draw(st.integers(300, 1000), label="after"))
    edges = sorted(data.draw(st.lists(st.integers(0, 6000), min_size=2, max_size=6, unique=True)))
    edges = edges[: len(edges) // 2 * 2]
    spans = [[seer], list(zip(edges[::2], edges[1::2], strict=True))]
    # Of one that starts as the clock goes back it cannot be told on which side it started.
    assume(all(abs(start - jump) > 200 for start, _ in spans[1]))
    if data.draw(st.booleans()):
        spans.reverse()
    sizes = data.draw(st.tuples(st.integers(40, 150), st.integers(40, 150)))
    cuts = [
        cut_around(Acquirer(n), s, z, jump) for n, s, z in zip(CLOCKS, spans, sizes, strict=True)
    ]
    heard = [message for _, message in sorted(chain(*cuts), key=lambda pair: pair[0])]

    rows, _, _ = export(tmp_path_factory, heard)

    union = {row for one in spans for start, stop in one for row in range(start, stop)}
    assert rows == sorted(union)
