"""Recordings of every kind of record, and what a cut or damaged journal still holds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import Damage, Entry, JournalWriter, read_journal

FS = 2000.0
N = 20
PROVENANCE = {
    "name": "a take",
    "classes": ["Rest", "Fist"],
    "rig": {"name": "bench", "tables": {"recorder": {"sync_s": 1.0}}},
}
LEDGER = {"recorder": {"chunk/emg": {"received": 9, "used": 9, "skipped": {}, "refused": {}}}}


def chunk(
    seq: int, *, stream: str = "emg", epoch: str = "a", times: np.ndarray | None = None
) -> Message:
    """Return a chunk whose values are their sample index."""
    index = np.arange(seq * N, (seq + 1) * N)
    times = 50.0 + index / FS if times is None else times
    return Message(
        topic=f"chunk/{stream}",
        source="emg-acquirer",
        epoch=epoch,
        seq=seq,
        t_first=float(times[0]),
        t_last=float(times[-1]),
        sample_index=seq * N,
        fs=FS,
        data=np.repeat(index[:, None], 2, axis=1).astype("<f4"),
        fields={"timestamps": pack_timestamps(times), "channel_names": ["a", "b"]},
    )


def vector(topic: str, seq: int, t: float) -> Message:
    """Return a prediction or a pose of a named model."""
    fields = {"model_id": "m1", "targets": ["thumb"], "reason": "prediction"}
    source = "predictor" if topic.startswith("prediction") else "vhi-bridge"
    return Message(
        topic=topic,
        source=source,
        epoch="p",
        seq=seq,
        t_first=t - 0.2,
        t_last=t,
        fs=FS,
        data=np.full(9 if topic.startswith("pose") else 1, seq, "<f4"),
        fields=fields,
    )


def event(name: str, seq: int, t: float) -> Message:
    """Return a cue or a label."""
    fields = {"name": "Fist", "class_index": 1, "t": t}
    source = "recorder" if name == "label" else "vhi-bridge"
    return Message(
        topic=f"event/{name}", source=source, epoch="e", seq=seq, t_last=t, fields=fields
    )


def messages(n_chunks: int) -> Iterator[Message]:
    """Yield what a session holds: chunks, and beside every few of them the other kinds."""
    for seq in range(n_chunks):
        t = 50.0 + seq * N / FS
        yield chunk(seq)
        if seq % 4 == 1:
            yield vector("prediction/hand", seq // 4, t)
            yield vector("pose/hand", seq // 4, t)
        if seq % 20 == 2:
            yield event("cue", seq // 20, t)
            yield event("label", seq // 20, t)


def write_killed(folder: Path, n_chunks: int) -> Path:
    """Write a recording whose writer never closed it, as a kill leaves it; return its file."""
    journal = JournalWriter(folder, PROVENANCE)
    for number, message in enumerate(messages(n_chunks)):
        journal.append(message)
        if number == 10:
            journal.append_record("ledger", LEDGER)
    content = journal.path.read_bytes()
    journal.close()
    journal.path.write_bytes(content)
    return journal.path


def scan(folder: Path) -> tuple[list[Entry], list[Damage]]:
    """Return the records and the damages of a recording."""
    with read_journal(folder) as journal:
        found = list(journal.scan())
    entries = [one for one in found if isinstance(one, Entry)]
    return entries, [one for one in found if isinstance(one, Damage)]


def key(entry: Entry) -> tuple[str, int]:
    """Return what tells one record of a recording from another."""
    return entry.topic, -1 if entry.message is None else entry.message.seq
