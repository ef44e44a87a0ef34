"""What a take is worth: each trouble is found, and only that one."""

from pathlib import Path

import numpy as np
import pytest
from emgrig.dsp import segments
from emgrig.errors import SessionError
from emgrig.recording import SessionFacts, SessionWriter, open_session
from emgrig.recording.block_statistics import BlockStatistics
from emgrig.recording.quality import (
    assess,
    judge_labels,
    judge_signal,
    judge_time,
    seconds_by_class,
)

FS = 1000.0
N_SECONDS = 20
NAMES = tuple("abcdef")
T = np.arange(int(N_SECONDS * FS)) / FS


def make_emg() -> np.ndarray:
    """Six channels of noise, with a contraction in every other two seconds."""
    noise = np.random.default_rng(0).normal(size=(T.size, len(NAMES)))
    return (noise * np.where(T % 4 < 2, 0.02, 0.5)[:, None]).astype(np.float32)


def statistics_of(emg: np.ndarray) -> BlockStatistics:
    statistics = BlockStatistics(FS, emg.shape[1])
    for block in np.split(emg, N_SECONDS):
        statistics.add(block)
    return statistics


def signal_troubles(emg: np.ndarray) -> dict[str, str]:
    findings = judge_signal(statistics_of(emg), NAMES)
    return {found.name: found.measured for found in findings if not found.ok}


def time_troubles(times: np.ndarray, fs: float = FS) -> dict[str, str]:
    findings = judge_time(times, segments(times, fs), fs)
    return {found.name: found.measured for found in findings if not found.ok}


def test_a_good_signal_has_no_trouble() -> None:
    assert signal_troubles(make_emg()) == {}
    assert time_troubles(T) == {}


def test_a_cut_signal_is_clipping() -> None:
    emg = make_emg()
    emg[:, 2] = np.clip(3 * emg[:, 2], -0.4, 0.4)

    assert signal_troubles(emg) == {"clipping": "c"}


def test_a_signal_without_life_is_a_dead_channel() -> None:
    emg = make_emg()
    emg[:, 1], emg[:, 4] = 0.0, 3.5

    assert signal_troubles(emg) == {"dead channels": "b, e"}


def test_leads_that_are_off_are_dead_also_where_they_are_most() -> None:
    emg = make_emg()
    emg[:, :4] *= 1e-4

    assert signal_troubles(emg) == {"dead channels": "a, b, c, d"}


def test_beside_one_loud_channel_the_others_are_alive() -> None:
    emg = make_emg()
    emg[:, 0] *= 500

    assert "dead channels" not in signal_troubles(emg)


def test_a_channel_that_is_never_quiet_is_noisy() -> None:
    emg = make_emg()
    emg[:, 5] += np.random.default_rng(1).normal(0, 0.3, T.size)

    assert signal_troubles(emg) == {"noisy channels": "f"}


@pytest.mark.parametrize("hz", [50, 60])
def test_mains_are_found_at_their_frequency(hz) -> None:
    emg = make_emg()
    emg += 0.3 * np.sin(2 * np.pi * hz * T)[:, None].astype(np.float32)
    statistics = statistics_of(emg)
    mains = next(found for found in judge_signal(statistics, NAMES) if found.name == "mains")

    assert not mains.ok
    assert f"at {hz} Hz" in mains.measured
    assert f"--notch {hz}" in mains.advice
    assert statistics.mains_share[[50, 60].index(hz)].min() > 0.2


def test_mains_in_one_channel_name_it() -> None:
    emg = make_emg()
    emg[:, 3] += 0.3 * np.sin(2 * np.pi * 50 * T)

    assert signal_troubles(emg)["mains"].endswith(": d")


def test_a_wandering_baseline_is_drift() -> None:
    emg = make_emg()
    emg[:, 0] += np.linspace(0, 5, T.size)

    assert list(signal_troubles(emg)) == ["baseline drift"]


def test_many_channels_are_counted_and_the_first_ones_named() -> None:
    emg = np.tile(make_emg()[:, :1], (1, 20))
    emg[:, 8:] = 0.0
    findings = judge_signal(statistics_of(emg), [f"ch{i}" for i in range(20)])
    dead = next(found for found in findings if found.name == "dead channels")

    assert dead.measured.startswith("12 of 20: ch8, ch9,")


def test_samples_that_are_no_numbers_are_told_and_spoil_nothing_else() -> None:
    emg = make_emg()
    emg[100:103, 4] = np.nan

    assert signal_troubles(emg) == {"non-finite samples": "e"}


def test_missing_samples_are_gaps_with_their_length() -> None:
    assert time_troubles(np.concatenate([T[:5000], T[5500:]])) == {"gaps": "1, 0.50 s in all"}


def test_another_rate_than_declared_is_told() -> None:
    assert time_troubles(T * 0.9) == {"rate": "1111.1 Hz of 1000 Hz"}


def test_seconds_by_class_end_with_the_next_label_or_the_recording() -> None:
    labels = [(0.0, 0), (4.0, 1), (6.0, -1), (8.0, 1), (9.0, 5)]

    found = seconds_by_class(labels, np.array([0.0, 10.0]), ["Rest", "Fist"])

    assert found == {"Rest": 4.0, "Fist": 3.0, "class 5": 1.0}


@pytest.mark.parametrize(
    ("seconds", "ok"),
    [
        ({"Rest": 30, "Fist": 10, "Hook": 9}, True),
        ({"Rest": 30, "Fist": 10, "Hook": 6}, False),
        ({"Rest": 30, "Fist": 4}, False),
        ({"Rest": 30}, True),
        ({}, False),
    ],
)
def test_gestures_must_be_held_long_enough_and_equally_long(seconds, ok) -> None:
    finding = judge_labels(seconds, ["Rest", "Fist", "Hook"])

    assert (finding.ok, finding.advice == "") == (ok, ok)


def make_session(path: Path, times: np.ndarray, emg: np.ndarray) -> Path:
    with SessionWriter(path) as writer:
        writer.add_stream("emg", emg, timestamps=times, fs=FS, channel_names=NAMES)
        labels = [(t, round(t / 2) % 2) for t in np.arange(0.0, N_SECONDS, 2.0)]
        return writer.write(SessionFacts(class_names=["Rest", "Fist"], labels=labels))


def test_a_session_is_assessed_from_end_to_end(tmp_path) -> None:
    path = make_session(tmp_path / "take.session.zip", T, make_emg())

    with open_session(path) as session:
        findings = assess(session)

    assert [found.name for found in findings if not found.ok] == []
    assert len(findings) == 9
    assert findings[-1].measured == "Rest 10.0 s, Fist 10.0 s"


def test_a_session_in_pieces_shorter_than_a_second_is_refused(tmp_path) -> None:
    times = T[:900].copy()
    times[450:] += 5.0
    path = make_session(tmp_path / "take.session.zip", times, make_emg()[:900])

    with open_session(path) as session, pytest.raises(SessionError, match="2 pieces"):
        assess(session)
