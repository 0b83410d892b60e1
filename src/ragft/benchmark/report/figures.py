"""The report's figures as inline SVG: drawn for a phone's width, coloured by the page's own style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ragft.benchmark.base import Difference
from ragft.benchmark.scoring.measures import Metric
from ragft.console import safe

WIDTH = 360
_LEFT, _RIGHT = 8, WIDTH - 8


def forest_plot(differences: Sequence[Difference], metrics: Mapping[str, Metric]) -> str:
    """Each difference with its 95 % interval against zero; "" where none can be drawn.

    Metrics of different units cannot share an axis, so only those between 0 and 1 are drawn. Controls are left out:
    they are equal by construction.
    """
    shown = [
        d
        for d in differences
        if metrics[d.metric].unit in ("share", "score") and not metrics[d.metric].control and d.low == d.low
    ]
    if not shown:
        return ""
    reach = max(0.05, *(max(abs(d.low), abs(d.high), abs(d.change)) for d in shown)) * 1.05

    def x(value: float) -> float:
        return _LEFT + (value + reach) / (2 * reach) * (_RIGHT - _LEFT)

    row, top = 34, 18
    height = top + row * len(shown) + 22
    parts = [f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{top - 8}" y2="{height - 18}"/>']
    for number, d in enumerate(shown):
        metric = metrics[d.metric]
        y = top + row * number
        label, change = escape(metric.label + (" *" if d.primary else "")), escape(metric.show_change(d.change))
        parts.append(
            f'<g class="effect {metric.direction(d)}"><text x="{_LEFT}" y="{y + 8}">{label}</text>'
            f'<text class="value" x="{_RIGHT}" y="{y + 8}" text-anchor="end">{change}</text>'
            f'<line x1="{x(d.low):.1f}" x2="{x(d.high):.1f}" y1="{y + 19}" y2="{y + 19}"/>'
            f'<circle cx="{x(d.change):.1f}" cy="{y + 19}" r="4"/></g>'
        )
    for value, anchor in ((-reach, "start"), (0.0, "middle"), (reach, "end")):
        at, text = x(value), f"{value:+.2f}" if value else "0"
        parts.append(f'<text class="axis" x="{at:.1f}" y="{height - 4}" text-anchor="{anchor}">{text}</text>')
    return svg(height, "Differences with 95 % intervals", parts)


def strip_plot(seconds: Mapping[str, Sequence[float]], label: str) -> str:
    """One dot a question and arm on a common axis from 0, a bar at the median and a thin one at the 95th percentile."""
    import numpy as np

    drawn = {role: values for role, values in seconds.items() if values}
    if not drawn:
        return ""
    end = max(max(values) for values in drawn.values()) * 1.05 or 1.0
    row, top = 44, 16
    height = top + row * len(drawn) + 22

    def x(value: float) -> float:
        return _LEFT + value / end * (_RIGHT - _LEFT)

    parts: list[str] = []
    for number, (role, values) in enumerate(drawn.items()):
        y = top + row * number
        middle, tail = float(np.median(values)), float(np.percentile(values, 95))
        parts.append(
            f'<text x="{_LEFT}" y="{y}">{escape(safe(role))}</text>'
            f'<text class="value" x="{_RIGHT}" y="{y}" text-anchor="end">'
            f"median {middle:.2f} s, p95 {tail:.2f} s</text>"
        )
        parts += [f'<circle class="dot" cx="{x(v):.1f}" cy="{y + 16}" r="3.5"/>' for v in values]
        parts += [f'<line class="median" x1="{x(middle):.1f}" x2="{x(middle):.1f}" y1="{y + 7}" y2="{y + 25}"/>']
        parts += [f'<line class="tail" x1="{x(tail):.1f}" x2="{x(tail):.1f}" y1="{y + 9}" y2="{y + 23}"/>']
    parts.append(f'<text class="axis" x="{_LEFT}" y="{height - 4}">0 s</text>')
    parts.append(f'<text class="axis" x="{_RIGHT}" y="{height - 4}" text-anchor="end">{end:.1f} s</text>')
    return svg(height, label, parts)


def svg(height: float, title: str, parts: Sequence[str]) -> str:
    """`parts` as one figure of the page's width with a title for those who cannot see it."""
    return (
        f'<svg class="figure" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
