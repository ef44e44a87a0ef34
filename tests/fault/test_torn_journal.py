"""A journal is cut or damaged at any byte: it opens, and holds all that is not damaged."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
from emgrig.recording import Entry, export_session, open_session, verify_session

from tests.fault.recordings import FS, LEDGER, PROVENANCE, N, chunk, key, scan, write_killed

SEED = 20261122
N_CHUNKS = 60
CHUNK_S = N / FS
N_CUTS = 1000
N_DAMAGES = 200


class Whole:
    """An undamaged recording, and where each of its records ends."""

    def __init__(self, folder: Path) -> None:
        self.path = write_killed(folder, N_CHUNKS)
        self.content = self.path.read_bytes()
        self.entries, damages = scan(folder)
        assert damages == []
        # MCAP writes a channel's record before its first message, so that a record's place ends
        # where the next one begins or, there, a little earlier.
        following = [entry.offset for entry in self.entries[1:]]
        self.next = dict(zip(map(key, self.entries), [*following, len(self.content)], strict=True))

    def end(self, entry: Entry) -> int:
        """Return the byte after a record."""
        length = int.from_bytes(self.content[entry.offset + 1 : entry.offset + 9], "little")
        return entry.offset + 9 + length


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    return Whole(tmp_path / "x.recording")


def check_cuts(whole: Whole, sizes: list[int]) -> None:
    ends = [whole.end(entry) for entry in whole.entries]
    for size in sorted(sizes, reverse=True):
        os.truncate(whole.path, size)
        entries, damages = scan(whole.path.parent)
        complete = [key(e) for e, end in zip(whole.entries, ends, strict=True) if end <= size]
        assert list(map(key, entries)) == complete, f"cut at byte {size}"
        assert len(damages) <= 1, f"cut at byte {size}: {damages}"
        assert all(damage.kind == "torn" for damage in damages)


def test_a_cut_at_every_byte_of_the_last_two_records_keeps_all_before_it(whole: Whole) -> None:
    check_cuts(whole, list(range(whole.entries[-2].offset, len(whole.content))))


def test_a_cut_at_any_byte_keeps_all_before_it(whole: Whole) -> None:
    rng = random.Random(SEED)
    check_cuts(whole, [rng.randrange(whole.entries[-2].offset) for _ in range(N_CUTS)])


def test_a_cut_recording_goes_on_and_becomes_a_sound_session(tmp_path: Path) -> None:
    """What a killed recorder lost of its last record comes again from the replay ring."""
    rng = random.Random(SEED)
    for number in range(10):
        path = write_killed(tmp_path / f"{number}.recording", N_CHUNKS)
        os.truncate(path, rng.randrange(2000, path.stat().st_size))
        entries, _ = scan(path.parent)
        n_chunks = sum(entry.topic == "chunk/emg" for entry in entries)
        resumed = write_killed(path.parent, N_CHUNKS)
        assert resumed.name == "journal-0002.mcap"

        session_path = export_session(path.parent, tmp_path)

        assert verify_session(session_path).is_sound
        with open_session(session_path) as session:
            np.testing.assert_array_equal(session.data("emg")[:, 0], np.arange(N_CHUNKS * N))
            books = session.extras["emgrig"]
        assert books["streams"]["emg"]["duplicates"] == n_chunks * N
        assert books["gaps"]["emg"] == []


def test_damage_anywhere_costs_what_it_hits_and_is_reported_with_its_time(whole: Whole) -> None:
    rng = random.Random(SEED)
    for _ in range(N_DAMAGES):
        at, n_bytes = rng.randrange(len(whole.content)), rng.choice((1, 1, 16, 700, 4096))
        n_bytes = min(n_bytes, len(whole.content) - at)
        rubbish = bytes(byte ^ rng.randrange(1, 256) for byte in whole.content[at : at + n_bytes])
        whole.path.write_bytes(whole.content[:at] + rubbish + whole.content[at + n_bytes :])
        entries, damages = scan(whole.path.parent)
        lost = [e for e in whole.entries if key(e) not in set(map(key, entries))]

        # A record's place includes the channel record before it: both hold bytes of it.
        hit = [e for e in whole.entries if e.offset < at + n_bytes and whole.next[key(e)] > at]
        assert set(map(key, lost)) <= set(map(key, hit)), f"{n_bytes} bytes at {at}"
        assert bool(damages) or not lost
        for entry in lost:
            damage = next(d for d in damages if d.offset <= entry.offset < d.offset + d.n_bytes)
            before, after = damage.t_before or 0.0, damage.t_after or np.inf
            if entry.message is not None:
                assert before - CHUNK_S <= entry.message.t_last <= after + CHUNK_S


def test_the_session_says_which_time_the_damage_cost(tmp_path: Path) -> None:
    path = write_killed(tmp_path / "x.recording", N_CHUNKS)
    content = bytearray(path.read_bytes())
    entries, _ = scan(path.parent)
    victim = next(entry for entry in entries if key(entry) == ("chunk/emg", 30))
    content[victim.offset + 200] ^= 0xFF
    path.write_bytes(content)

    with open_session(export_session(path.parent, tmp_path)) as session:
        books = session.extras["emgrig"]
        assert len(session.data("emg")) == (N_CHUNKS - 1) * N

    lost = chunk(30)
    (damage,) = books["damaged"]
    assert damage["t_before"] < lost.t_first
    assert lost.t_last < damage["t_after"]
    (gap,) = books["gaps"]["emg"]
    assert (gap["kind"], gap["after_index"], gap["missing"]) == ("missing", 30 * N - 1, N)


def test_labels_cues_models_ledger_and_configuration_are_in_the_journal(whole: Whole) -> None:
    """One file tells the whole session, with our reader or any other MCAP tool."""
    entries, _ = scan(whole.path.parent)

    documents = {entry.topic: entry.document for entry in entries if entry.document is not None}
    fields = {entry.topic: entry.message.fields for entry in entries if entry.message is not None}
    assert documents == {"record/provenance": PROVENANCE, "record/ledger": LEDGER}
    assert fields["event/label"]["name"] == fields["event/cue"]["name"] == "Fist"
    assert fields["prediction/hand"]["model_id"] == fields["pose/hand"]["model_id"] == "m1"


def test_a_file_of_nothing_but_beginnings_of_records_is_read_in_seconds(tmp_path: Path) -> None:
    """Each beginning claims megabytes: checking them all would take hours."""
    path = write_killed(tmp_path / "x.recording", 1)
    head = bytes([5]) + (3 << 20).to_bytes(8, "little") + bytes(22) + b"\x82\xa5topic"
    path.write_bytes(path.read_bytes() + head * (6 << 20 >> 5))

    entries, damages = scan(path.parent)

    assert [entry.topic for entry in entries][-1] == "chunk/emg"
    assert [damage.kind for damage in damages] == ["torn"]
