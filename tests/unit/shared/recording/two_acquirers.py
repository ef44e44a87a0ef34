"""Two acquirers of one stream and what a session makes of them, for tests of both."""

import itertools
from itertools import pairwise

import numpy as np
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import export_session, open_session, verify_session
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
        stamps = clock_s + np.arange(start, stop) / FS
        return self.stamped(stamps, samples(start, stop - start))

    def stamped(self, stamps: np.ndarray, data: np.ndarray, fs: float = FS) -> Message:
        """Return the next chunk: samples with the source's own stamps."""
        times = stamps + CLOCKS[self.source]
        message = Message(
            topic="chunk/emg",
            source=self.source,
            epoch=f"{self.source}-{self.epoch}",
            seq=self.seq,
            t_first=float(times[0]),
            t_last=float(times[-1]),
            sample_index=self.index,
            fs=fs,
            data=data,
            fields={
                "timestamps": pack_timestamps(times),
                "channel_names": [],
                "t_source": float(stamps[0]),
            },
        )
        self.seq, self.index = self.seq + 1, self.index + len(data)
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


def in_order(*heard: list[tuple[int, Message]]) -> list[Message]:
    """Return all in the order in which a recorder hears them, whatever their clock says."""
    return [message for _, message in sorted(itertools.chain(*heard), key=lambda pair: pair[0])]


def draw_spans(data, n: int) -> list[tuple[int, int]]:
    edges = data.draw(st.lists(st.integers(0, n), min_size=2, max_size=8, unique=True))
    edges = sorted(edges[: len(edges) // 2 * 2])
    return list(zip(edges[::2], edges[1::2], strict=True))
