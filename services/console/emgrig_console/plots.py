"""Small pictures as SVG text: no numbers are decided here, only where they stand."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

__all__ = ["confusion", "curves", "envelope_picture"]

WIDTH, HEIGHT, LEFT, BOTTOM = 460, 150, 40, 18
LANE_PX = 26
HIT = ' class="em-hit"'


def curves(
    title: str,
    lines: Sequence[tuple[str, NDArray[np.float64]]],
    *,
    x_words: str,
    x_last: int,
    floor: float | None,
) -> str:
    """Draw lines over a common x.

    Args:
        title: What it shows, for those who cannot see it too.
        lines: Name and values, (n,); the first one is solid, the others are dashed.
        x_words: What runs to the right.
        x_last: How many of it there are; the lines may have fewer points.
        floor: Lowest value of the axis; None for the least value.
    """
    values = [line for _, line in lines if len(line)]
    low = min((float(v.min()) for v in values), default=0.0) if floor is None else floor
    high = max((float(v.max()) for v in values), default=1.0)
    paths = [_line(k, line, low, high - low or 1.0) for k, (_, line) in enumerate(lines)]
    legend = "".join(
        f'<tspan class="em-line-text-{k % 2}" dx="8">'
        f"{'- -' if k else '---'} {escape(name.replace('_', ' '))}</tspan>"
        for k, (name, _) in enumerate(lines)
    )
    above = f'<text x="{LEFT}" y="11">{legend}</text>'
    return _svg(title, HEIGHT, _axes(low, high, x_words, x_last) + "".join(paths) + above)


def _line(k: int, line: NDArray[np.float64], low: float, span: float) -> str:
    xs = np.linspace(LEFT, WIDTH - 4, max(2, len(line)))
    ys = (HEIGHT - BOTTOM) - (line - low) / span * (HEIGHT - BOTTOM - 16)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=False))
    dash = ' stroke-dasharray="4 3"' if k else ""
    return f'<polyline class="em-line-{k % 2}" fill="none" points="{points}"{dash}/>'


def _axes(low: float, high: float, x_words: str, x_last: int) -> str:
    middle, right, y = (LEFT + WIDTH) / 2, WIDTH - 4, HEIGHT - 4
    return (
        f'<text x="2" y="20">{high:.3g}</text><text x="2" y="{HEIGHT - BOTTOM}">{low:.3g}</text>'
        f'<text x="{LEFT}" y="{y}">1</text>'
        f'<text x="{middle:.0f}" y="{y}" text-anchor="middle">{escape(x_words)}</text>'
        f'<text x="{right}" y="{y}" text-anchor="end">{x_last}</text>'
        f'<path class="em-axis" d="M{LEFT} 14V{HEIGHT - BOTTOM}H{right}"/>'
    )


def confusion(classes: Sequence[str], counts: NDArray[np.int64]) -> str:
    """Return a table of how often each class was taken for which.

    Args:
        classes: Names.
        counts: (n, n): row = true class, column = predicted one.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td{HIT if i == j else ''}>{n}</td>" for j, n in enumerate(row))
        + "</tr>"
        for i, (name, row) in enumerate(zip(classes, counts.tolist(), strict=True))
    )
    return (
        '<table class="em-confusion"><caption>true class (rows) against predicted class</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def envelope_picture(
    title: str,
    envelope: NDArray[np.float32],
    labels: Sequence[tuple[float, str]],
    duration_s: float,
) -> str:
    """Draw a whole session: one lane a channel, the labels below.

    Args:
        title: What it shows.
        envelope: (n_columns, n_channels, 2): min and max.
        labels: Seconds from the start, and the class.
        duration_s: Of the session.
    """
    n_columns, n_channels, _ = envelope.shape
    middle = np.median(envelope, axis=(0, 2))
    scale = float(np.percentile(np.ptp(envelope, axis=2), 99)) or 1.0
    lanes = []
    for channel in range(n_channels):
        centre = LANE_PX * (channel + 0.5)
        ys = centre - np.clip((envelope[:, channel] - middle[channel]) / scale, -0.5, 0.5) * LANE_PX
        xs = np.linspace(LEFT, WIDTH - 4, n_columns)
        d = "".join(f"M{x:.1f} {a:.1f}V{b:.1f}" for x, (a, b) in zip(xs, ys, strict=True))
        number = f'<text x="2" y="{centre + 4:.0f}">{channel + 1}</text>'
        lanes.append(f'<path class="em-line-0" d="{d}"/>{number}')
    bottom = LANE_PX * n_channels
    marks = []
    for t_s, name in labels:
        x = LEFT + (WIDTH - 4 - LEFT) * min(1.0, max(0.0, t_s / (duration_s or 1.0)))
        marks.append(
            f'<path class="em-axis" d="M{x:.1f} 0V{bottom + 4}"/>'
            f'<text x="{x + 2:.1f}" y="{bottom + 14}">{escape(name[:8])}</text>'
        )
    return _svg(title, bottom + 20, "".join(lanes + marks))


def _svg(title: str, height: int, inside: str) -> str:
    return (
        f'<svg class="em-plot" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'preserveAspectRatio="xMinYMin meet"><title>{escape(title)}</title>{inside}</svg>'
    )
