"""Whether a take is worth training on, and what to do where it is not.

The limits are those at which the tables of `docs/recording.md` advise to act.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgrig.dsp import segments
from emgrig.errors import SessionError
from emgrig.recording.block_statistics import MAINS_HZ, BlockStatistics
from emgrig.recording.session_reader import SessionReader

__all__ = ["Finding", "assess", "judge_labels", "judge_signal", "judge_time", "seconds_by_class"]

STREAM = "emg"
MAX_RATE_ERROR = 0.01
MAX_CLIPPED, MAX_MAINS, MAX_DRIFT = 0.001, 0.1, 1.0
DEAD, NOISY = 0.01, 4.0
MIN_CLASS_S, MAX_IMBALANCE = 5.0, 1.5
_READ_BLOCKS = 16
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        ok: Whether it is as it should be.
        measured: What was seen, in words.
        advice: What to do about it; empty when it is ok.
    """

    name: str
    ok: bool
    measured: str
    advice: str = ""


def assess(session: SessionReader) -> list[Finding]:
    """Look at a session's EMG and labels.

    Raises:
        SessionError: It has no EMG, none that lasts a second, or is damaged.
    """
    info = session.info(STREAM)
    times = session.timestamps(STREAM)
    runs = segments(times, info.fs)
    statistics = BlockStatistics(info.fs, info.n_channels)
    for block in _blocks(session, runs, max(2, round(info.fs))):
        statistics.add(block)
    if not (statistics.n_samples and info.n_channels):
        raise SessionError(
            f"expected a second of EMG without a gap in {session.path}, got {len(times)} samples "
            f"in {len(runs)} pieces; record longer, or look at emgrig status"
        )
    names = info.channel_names or tuple(f"channel {i}" for i in range(info.n_channels))
    labels = [(label.t, label.class_index) for label in session.labels]
    return [
        *judge_time(times, runs, info.fs),
        *judge_signal(statistics, names),
        judge_labels(seconds_by_class(labels, times, session.class_names), session.class_names),
    ]


def judge_time(times: NDArray[np.float64], runs: Sequence[slice], fs: float) -> Iterator[Finding]:
    """Judge rate and gaps.

    Args:
        times: (n_samples,), LSL seconds.
        runs: Contiguous pieces of them.
        fs: Declared rate, Hz.
    """
    seconds = sum(float(times[run.stop - 1] - times[run.start]) for run in runs)
    rate_hz = sum(run.stop - run.start - 1 for run in runs) / seconds if seconds > 0 else 0.0
    yield _finding(
        "rate",
        abs(rate_hz / fs - 1) <= MAX_RATE_ERROR,
        f"{rate_hz:.1f} Hz of {fs:g} Hz",
        "set the amplifier and its stream to the same rate; close other readers of the device",
    )
    lost_s = float(times[-1] - times[0]) - seconds if len(times) else 0.0
    yield _finding(
        "gaps",
        len(runs) <= 1,
        f"{len(runs) - 1}, {lost_s:.2f} s in all" if len(runs) > 1 else "none",
        "move the amplifier closer or use a cable, stop other programs; take it again if a "
        "gesture is hit",
    )


def judge_signal(statistics: BlockStatistics, names: Sequence[str]) -> Iterator[Finding]:
    """Judge what the channels hold.

    Args:
        statistics: Of at least one block.
        names: Of the channels.
    """
    dead = _dead(statistics.rms)
    yield _channels(
        "clipping",
        statistics.clipped_share * ~dead > MAX_CLIPPED,
        names,
        "lower the gain, or look for a loose reference: cut peaks cannot be repaired",
    )
    yield _channels(
        "dead channels", dead, names, "reseat the electrode and its lead; wet or gel a dry one"
    )
    floor = statistics.floor
    yield _channels(
        "noisy channels",
        floor > NOISY * np.median(floor[~dead])
        if (~dead).sum() > 2
        else np.zeros(len(names), bool),
        names,
        "clean the skin, press the electrode on, fix the cable; check that the person rests",
    )
    yield _channels(
        "non-finite samples", statistics.n_bad > 0, names, "update the amplifier's program"
    )
    yield _mains(statistics, names)
    yield _channels(
        "baseline drift",
        statistics.drift * ~dead > MAX_DRIFT,
        names,
        "wait until the electrodes have settled, fix the cables, train with --highpass 20",
    )


def _dead(rms: NDArray[np.float64]) -> NDArray[np.bool_]:
    # The second loudest tells what a live channel has: of many leads most may be off, and the
    # loudest one may be loose.
    live = rms > DEAD * np.sort(rms)[-2:][0]
    return ~live if not live.any() else np.asarray(rms <= DEAD * np.median(rms[live]))


def judge_labels(seconds: Mapping[str, float], class_names: Sequence[str]) -> Finding:
    """Judge how long each class was held.

    Args:
        seconds: By class.
        class_names: The first one is rest, which may be longer than the others.
    """
    if not seconds:
        return Finding(
            "label balance",
            ok=False,
            measured="no labels",
            advice="cue gestures (emgrig record run): without labels there is no classification",
        )
    held = {name: s for name, s in seconds.items() if name not in class_names[:1]} or seconds
    longest, shortest = max(held.values()), min(seconds.values())
    is_even = longest <= MAX_IMBALANCE * min(held.values())
    words = ", ".join(f"{name} {s:.1f} s" for name, s in seconds.items())
    return _finding(
        "label balance",
        is_even and shortest >= MIN_CLASS_S,
        words,
        f"hold each gesture equally long, {MIN_CLASS_S:g} s in all at least: more repetitions",
    )


def seconds_by_class(
    labels: Sequence[tuple[float, int]], times: NDArray[np.float64], class_names: Sequence[str]
) -> dict[str, float]:
    """Return how long each class was labelled; the last label holds to the end.

    Args:
        labels: (LSL seconds, class index) by time; -1 ends a label.
        times: (n_samples,), LSL seconds.
        class_names: By class index.
    """
    ends = [*(t for t, _ in labels[1:]), float(times[-1]) if len(times) else 0.0]
    found: dict[str, float] = {}
    for (t, index), end in zip(labels, ends, strict=False):
        if index >= 0:
            name = class_names[index] if index < len(class_names) else f"class {index}"
            found[name] = found.get(name, 0.0) + max(0.0, end - t)
    return found


def _blocks(
    session: SessionReader, runs: Sequence[slice], length: int
) -> Iterator[NDArray[np.generic]]:
    """Yield the whole seconds of each run; what is left over at its end is not looked at."""
    for run in runs:
        stop = run.start + (run.stop - run.start) // length * length
        for start in range(run.start, stop, length * _READ_BLOCKS):
            rows = session.rows(STREAM, start, min(stop, start + length * _READ_BLOCKS))
            yield from np.split(rows, len(rows) // length)


def _mains(statistics: BlockStatistics, names: Sequence[str]) -> Finding:
    share = statistics.mains_share
    row = int(np.argmax(np.median(share, axis=1)))
    advice = (
        "move away from mains cables and chargers, shorten leads, renew the reference electrode; "
        f"train with --notch {MAINS_HZ[row]:.0f}"
    )
    found = _channels("mains", (share > MAX_MAINS).any(axis=0), names, advice)
    words = f"{100 * np.median(share[row]):.1f} % of the power at {MAINS_HZ[row]:.0f} Hz (median)"
    return Finding(
        "mains", found.ok, words if found.ok else f"{words}: {found.measured}", found.advice
    )


def _channels(name: str, is_hit: NDArray[np.bool_], names: Sequence[str], advice: str) -> Finding:
    hit = [names[index] for index in np.flatnonzero(is_hit).tolist()]
    words = ", ".join(hit[:_MOST_NAMES]) or "none"
    if len(hit) > _MOST_NAMES:
        words = f"{len(hit)} of {len(names)}: {words}, ..."
    return _finding(name, not hit, words, advice)


def _finding(name: str, ok: bool, measured: str, advice: str) -> Finding:
    return Finding(name, ok, measured, "" if ok else advice)
