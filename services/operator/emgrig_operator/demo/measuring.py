"""Numbers from what the witness saw; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from emgrig.dsp import FLEXION_CHANNELS
from emgrig.messages import Message
from emgrig.recording import to_standard
from numpy.typing import NDArray

__all__ = [
    "Follow",
    "Phase",
    "Trace",
    "Verdicts",
    "decision_latencies_ms",
    "emg_envelope",
    "follow_of",
    "hop_latencies_ms",
    "joined",
    "latencies_ms",
    "usage_of",
    "verdicts_of",
]

SETTLE_S = 1.0
"""After a cue: the person's (here the generator's) change, the window and the filter need time."""

ENVELOPE_S = 0.05


@dataclass(frozen=True, slots=True)
class Trace:
    """A value over time.

    Attributes:
        t: ``(n,)``, LSL clock, seconds.
        values: ``(n, ...)``.
    """

    t: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the demo with its cues.

    Attributes:
        cues: (LSL seconds, gesture), in order.
        t_end: End of the last one, LSL seconds.
    """

    cues: Sequence[tuple[float, str]]
    t_end: float

    @property
    def t_start(self) -> float:
        """The first cue, LSL seconds."""
        return self.cues[0][0]

    def settled(self, gesture: str, t: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Mark the times at which a gesture was held and the change to it is over."""
        ends = [*(start for start, _ in self.cues[1:]), self.t_end]
        inside: NDArray[np.bool_] = np.zeros(t.shape, dtype=bool)
        for (start, name), end in zip(self.cues, ends, strict=True):
            if name == gesture:
                inside |= (t >= start + SETTLE_S) & (t < end)
        return inside


@dataclass(frozen=True, slots=True)
class Follow:
    """How the predicted hand's read-back follows the control hand's; 0 is rest, 1 a full fist.

    Attributes:
        rest_mean: Predicted hand while rest was cued.
        fist_mean: Predicted hand while a fist was cued.
        rmse: Between the two hands, over both.
        control: The control hand while predicting.
        predict: The predicted hand while predicting.
    """

    rest_mean: float
    fist_mean: float
    rmse: float
    control: Trace = field(repr=False)
    predict: Trace = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Predicted classes against cued ones, after every change has settled; shares of 1.

    Attributes:
        accuracy: Windows with the cued class; what was rejected is wrong.
        rejected: Windows without any class.
    """

    accuracy: float
    rejected: float


def joined(chunks: Iterable[Message], t_start: float, t_end: float) -> Trace:
    """Return the samples of chunks between two times, in time order; flexion is positive."""
    parts = [(c.timestamps, _standard(c)) for c in chunks]
    if not parts:
        return Trace(np.empty(0), np.empty((0, 1)))
    t = np.concatenate([times for times, _ in parts])
    values = np.concatenate([data for _, data in parts])
    order = np.argsort(t, kind="stable")
    t, values = t[order], values[order]
    inside = (t >= t_start) & (t < t_end)
    return Trace(t[inside], values[inside])


def follow_of(control: Trace, predict: Trace, phase: Phase, rest: str, fist: str) -> Follow:
    """Compare the two read-backs after every change has settled.

    Args:
        control: ``(n, 9)``, +1 is full flexion.
        predict: The same of the predicted hand.
        phase: When what was cued.
        rest: The gesture at which the hand is open.
        fist: The gesture at which it is closed.
    """
    shown = Trace(control.t, control.values[:, FLEXION_CHANNELS].mean(axis=1))
    followed = Trace(predict.t, predict.values[:, FLEXION_CHANNELS].mean(axis=1))
    at_rest, at_fist = phase.settled(rest, predict.t), phase.settled(fist, predict.t)
    both = at_rest | at_fist
    wanted = np.column_stack(
        [
            np.interp(predict.t, control.t, control.values[:, channel])
            for channel in FLEXION_CHANNELS
        ]
    )
    errors = predict.values[:, FLEXION_CHANNELS][both] - wanted[both]
    return Follow(
        rest_mean=_mean(followed.values[at_rest]),
        fist_mean=_mean(followed.values[at_fist]),
        rmse=float(np.sqrt(_mean(errors**2))),
        control=shown,
        predict=followed,
    )


def verdicts_of(decisions: Sequence[Message], phase: Phase) -> Verdicts:
    """Compare the classes of ``prediction/gesture`` with what was cued."""
    t = np.array([m.t_last for m in decisions], np.float64)
    names = np.array([m.fields["class"] for m in decisions], dtype=object)
    right, rejected = [], []
    for cued in dict.fromkeys(name for _, name in phase.cues):
        said = names[phase.settled(cued, t)]
        right += [name == cued for name in said]
        rejected += [name == "" for name in said]
    return Verdicts(_mean(right), _mean(rejected))


def decision_latencies_ms(
    decisions: Iterable[Message], clock_ahead_s: float
) -> NDArray[np.float64]:
    """Return, per prediction, the time from the window's last sample until it was sent, ms.

    Args:
        decisions: With their trace, whose hops are on the monotonic clock.
        clock_ahead_s: LSL clock less the monotonic clock.
    """
    found = [
        1000 * (m.trace[-1].t_out_ns * 1e-9 + clock_ahead_s - m.t_last)
        for m in decisions
        if m.trace
    ]
    return np.asarray(found, np.float64)


def latencies_ms(poses: Iterable[Message]) -> NDArray[np.float64]:
    """Return, per pose that a prediction made, the time from the window's last sample, ms.

    Both ends are LSL clock readings of one host.
    """
    found = [
        1000 * (pose.fields["t_pushed"] - pose.t_last)
        for pose in poses
        if pose.fields["reason"] == "prediction"
    ]
    return np.asarray(found, np.float64)


def hop_latencies_ms(messages: Iterable[Message]) -> dict[str, NDArray[np.float64]]:
    """Return, per process, the time from the end of the hop before to the end of its own, ms.

    The first hop has none before it: there it is the process's own time. Of poses only those
    that a prediction made count.
    """
    found: dict[str, list[float]] = {}
    for message in messages:
        if message.fields.get("reason", "prediction") != "prediction":
            continue
        before_ns = message.trace[0].t_in_ns
        for hop in message.trace:
            found.setdefault(hop.process, []).append((hop.t_out_ns - before_ns) * 1e-6)
            before_ns = hop.t_out_ns
    return {process: np.asarray(values) for process, values in found.items()}


def emg_envelope(emg: Trace) -> Trace:
    """Return the root mean square over channels and 50 ms."""
    if emg.t.size == 0:
        return Trace(emg.t, np.empty(0))
    bins = ((emg.t - emg.t[0]) / ENVELOPE_S).astype(np.int64)
    edges = np.flatnonzero(np.diff(bins, prepend=-1))
    power = np.add.reduceat((emg.values**2).mean(axis=1), edges)
    counts = np.diff(np.append(edges, emg.t.size))
    return Trace(emg.t[edges], np.sqrt(power / counts))


def usage_of(healths: Mapping[str, Sequence[Message]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return CPU percent of one core (mean) and resident MB (largest) per process."""
    cpu = {n: _mean([m.fields["cpu_percent"] for m in rows]) for n, rows in healths.items() if rows}
    rss = {n: max(float(m.fields["rss_mb"]) for m in rows) for n, rows in healths.items() if rows}
    return cpu, rss


def _standard(chunk: Message) -> NDArray[np.float64]:
    stream = chunk.topic.removeprefix("chunk/")
    convention = str(chunk.fields.get("pose_convention", ""))
    return to_standard(np.asarray(chunk.data, np.float64), stream, convention)


def _mean(values: NDArray[np.float64] | Sequence[float] | Sequence[bool]) -> float:
    """Mean; NaN of nothing, without a warning."""
    array = np.asarray(values, np.float64)
    return float(array.mean()) if array.size else float("nan")
