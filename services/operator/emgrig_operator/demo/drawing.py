"""The picture of a demo: EMG, the two hands, latencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emgrig_operator.demo.measuring import Phase, Trace

__all__ = ["Picture", "draw"]

EMG_COLOUR, CONTROL_COLOUR, PREDICT_COLOUR = "#444444", "#1f77b4", "#d95f02"
HOP_COLOURS = ("#1b9e77", "#7570b3", "#d95f02", "#1f77b4", "#666666")
CUE_COLOUR = "#f2d9a6"
DPI = 110


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        title: Over everything.
        envelope: EMG, ``(n,)``.
        control: Control hand, ``(n,)``, 0 to 1.
        predict: What was predicted, ``(n,)``, 0 to 1.
        predict_label: What that is, in words.
        phase: The time while predicting, with its cues.
        rest: The gesture that is not shaded.
        hops_ms: Per process.
        total_ms: From the window's last sample to the end of the chain.
        chain_end: What that is: ``pose`` or ``class``.
    """

    title: str
    envelope: Trace
    control: Trace
    predict: Trace
    predict_label: str
    phase: Phase
    rest: str
    hops_ms: Mapping[str, NDArray[np.float64]]
    total_ms: NDArray[np.float64]
    chain_end: str


def draw(picture: Picture, path: Path) -> None:
    """Write the picture as PNG."""
    figure = Figure(figsize=(11, 9), layout="constrained")
    FigureCanvasAgg(figure)
    emg, hands, latency = figure.subplots(3, 1, height_ratios=(1, 1.3, 1.2))
    figure.suptitle(picture.title)
    _draw_emg(emg, picture)
    _draw_hands(hands, picture)
    emg.set_xlim(hands.get_xlim())
    _draw_latency(latency, picture)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)


def _draw_emg(axes: Axes, picture: Picture) -> None:
    _shade_cues(axes, picture)
    t = picture.envelope.t - picture.phase.t_start
    axes.plot(t, picture.envelope.values, color=EMG_COLOUR, linewidth=1.0)
    axes.set(ylabel="EMG envelope\n(RMS, 50 ms)", title="EMG while predicting (shaded: fist cued)")
    axes.set_ylim(bottom=0)


def _draw_hands(axes: Axes, picture: Picture) -> None:
    _shade_cues(axes, picture)
    for trace, colour, label in (
        (picture.control, CONTROL_COLOUR, "control hand (VHI_Control)"),
        (picture.predict, PREDICT_COLOUR, picture.predict_label),
    ):
        axes.plot(trace.t - picture.phase.t_start, trace.values, color=colour, label=label)
    axes.set(
        xlabel="seconds since the first cue",
        ylabel="mean flexion\n(0 rest, 1 fist)",
        title=f"Control hand, read back, against the {picture.predict_label}",
        ylim=(-0.1, 1.45),
        xlim=(0, picture.phase.t_end - picture.phase.t_start),
    )
    axes.legend(loc="upper right", ncols=2, framealpha=1.0)


def _draw_latency(axes: Axes, picture: Picture) -> None:
    series = {**picture.hops_ms, f"last sample to {picture.chain_end}": picture.total_ms}
    shown = {name: values[values > 0] for name, values in series.items()}
    positive = np.concatenate([np.ones(1), *shown.values()])
    low, high = float(positive.min()), float(positive.max())
    bins = np.geomspace(low, max(high, low * 1.1) * 1.01, 70).tolist()
    for (name, values), colour in zip(shown.items(), HOP_COLOURS, strict=False):
        if values.size:
            label = f"{name}: p50 {np.median(values):.2f} ms"
            axes.hist(values, bins, histtype="stepfilled", alpha=0.45, color=colour, label=label)
    axes.set(
        xscale="log",
        xlabel="milliseconds",
        ylabel="windows",
        title="Latency per hop (transport and work), and from the window's last sample to the "
        f"{picture.chain_end}",
    )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3, frameon=False)


def _shade_cues(axes: Axes, picture: Picture) -> None:
    phase = picture.phase
    ends = [*(t for t, _ in phase.cues[1:]), phase.t_end]
    for (start, name), end in zip(phase.cues, ends, strict=True):
        if name != picture.rest:
            axes.axvspan(
                start - phase.t_start, end - phase.t_start, color=CUE_COLOUR, alpha=0.5, zorder=0
            )
