"""Messages, recordings and sessions for the tests of recording."""

import json
import zipfile
from pathlib import Path

import numpy as np
from emgrig.messages import Message, pack_timestamps
from emgrig.recording import (
    Damage,
    Entry,
    JournalWriter,
    SessionFacts,
    SessionWriter,
    read_journal,
)

FS = 1000.0
CHUNK = 20


def samples(start: int, n: int, n_channels: int = 2) -> np.ndarray:
    """Return samples that say where they are: sample index, plus a hundredth per channel."""
    return (np.arange(start, start + n)[:, None] + np.arange(n_channels) / 100).astype("<f4")


def chunk(
    seq: int, *, epoch: str = "a", start: int | None = None, n: int = CHUNK, t0: float = 50.0
):
    """Return an EMG chunk at 1 kHz whose content is that of `samples`."""
    start = seq * CHUNK if start is None else start
    times = t0 + np.arange(start, start + n) / FS
    return Message(
        topic="chunk/emg",
        source="emg-acquirer",
        epoch=epoch,
        seq=seq,
        t_first=float(times[0]),
        t_last=float(times[-1]),
        sample_index=start,
        fs=FS,
        data=samples(start, n),
        fields={"timestamps": pack_timestamps(times), "channel_names": ["flexor", "extensor"]},
    )


def event(stream: str, seq: int, t: float, class_index: int) -> Message:
    """Return a cue or a label."""
    fields = {"name": ["Rest", "Fist"][class_index], "class_index": class_index, "t": t}
    return Message(
        topic=f"event/{stream}",
        source="vhi-bridge",
        epoch="b",
        seq=seq,
        t_first=t,
        t_last=t,
        fields=fields,
    )


def prediction(seq: int, t: float, model_id: str = "m1") -> Message:
    """Return a prediction of two targets."""
    return Message(
        topic="prediction/hand",
        source="predictor",
        epoch="p",
        seq=seq,
        t_first=t - 0.2,
        t_last=t,
        fs=FS,
        data=np.array([seq, -seq], np.float32),
        fields={"model_id": model_id, "targets": ["thumb", "index"]},
    )


def record(folder: Path, messages, provenance=None, documents=None) -> Path:
    """Write a closed segment; plain documents, by kind, come behind the messages."""
    with JournalWriter(folder, provenance or {"classes": ["Rest", "Fist"]}) as journal:
        for message in messages:
            journal.append(message)
        for kind, document in (documents or {}).items():
            journal.append_record(kind, document)
    return folder


def contents(folder):
    """Return (sequence numbers, damages) of a recording."""
    with read_journal(folder) as journal:
        found = list(journal.scan())
    messages = [entry.message for entry in found if isinstance(entry, Entry) and entry.message]
    return [message.seq for message in messages], [d for d in found if isinstance(d, Damage)]


def record_ends(folder):
    """Return where each message record begins in the only segment, and where the file ends."""
    with read_journal(folder) as journal:
        entries = [e for e in journal.scan() if isinstance(e, Entry)]
        return [(e.offset, e.message.seq if e.message else None) for e in entries]


def write_session(path: Path, streams, labels=(), fs: float = FS) -> Path:
    """Write a session of streams name -> (data, timestamps)."""
    with SessionWriter(path) as writer:
        for name, (data, timestamps) in streams.items():
            writer.add_stream(name, data, timestamps=timestamps, fs=fs)
        return writer.write(SessionFacts(labels=labels, class_names=["Rest", "Fist"]))


def rewrite(path, changes, *, compression=zipfile.ZIP_STORED):
    """Write a session again with entries changed, added, or (None) left out."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries |= changes
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def changed_json(path, name, **changes):
    """Return a JSON entry of a session with members changed, for `rewrite`."""
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read(name))
    return {name: json.dumps({**document, **changes}).encode()}
