"""The curve of a run as pictures: the losses and, where answers were compared, the margin between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ragft.train.curve import LossCurve, read_curve

_COLOURS = ("#3465a4", "#cc4400")
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 16, 40


@dataclass(frozen=True)
class Chart:
    """Lines of (step, value) over one pair of axes: `training` and `validation`."""

    what: str
    unit: str
    training: Sequence[tuple[int, float]]
    validation: Sequence[tuple[int, float]]

    @property
    def lines(self) -> tuple[tuple[str, Sequence[tuple[int, float]]], ...]:
        """Name and points of each line."""
        return (("training", self.training), ("validation", self.validation))


def _charts(curve: LossCurve) -> list[Chart]:
    losses = Chart("loss", "nats per completion token", curve.train, curve.held_out)
    if not curve.pairs:
        return [losses]
    trained, unseen = ([(each.step, each.margin) for each in side] for side in (curve.pairs, curve.held_out_pairs))
    return [losses, Chart("margin", "nats, times beta", trained, unseen)]


def curve_svg(path: Path, *, width: int = 640, height: int = 300) -> str:
    """The curve in `path` as one self-contained `<svg>` element: no script, font or file from elsewhere."""
    charts = [chart for chart in _charts(read_curve(path)) if chart.training or chart.validation]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height * max(len(charts), 1)}" role="img"'
    if not charts:
        return f"{opening}><title>no step logged</title></svg>"
    title = ", ".join(f"{chart.what} by step ({chart.unit})" for chart in charts)
    drawn = "".join(
        f'<g transform="translate(0 {height * place})">{_drawn(chart, width, height)}</g>'
        for place, chart in enumerate(charts)
    )
    return f'{opening} font-family="sans-serif" font-size="11" fill="#444"><title>{escape(title)}</title>{drawn}</svg>'


def _drawn(chart: Chart, width: int, height: int) -> str:
    everything = [*chart.training, *chart.validation]
    last = max(*(step for step, _ in everything), 1)
    low, high = min(value for _, value in everything), max(value for _, value in everything)
    low, high = (low, high) if high - low > 1e-9 else (low - 0.5, high + 0.5)

    def x(step: float) -> float:
        return _LEFT + (width - _LEFT - _RIGHT) * step / last

    def y(value: float) -> float:
        return _TOP + (height - _TOP - _BOTTOM) * (high - value) / (high - low)

    def line(points: Sequence[tuple[int, float]], colour: str, name: str) -> str:
        if not points:
            return ""
        path_points = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
        dots = "".join(
            f'<circle cx="{x(step):.1f}" cy="{y(value):.1f}" r="2.5" fill="{colour}">'
            f"<title>{escape(name)}, step {step}: {value:.4f}</title></circle>"
            for step, value in points
        )
        return f'<polyline points="{path_points}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'

    ticks = "".join(
        f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.2f}</text>'
        for v in (low + (high - low) * i / 4 for i in range(5))
    ) + "".join(
        f'<text x="{x(s):.1f}" y="{height - _BOTTOM + 16}" text-anchor="middle">{s}</text>'
        for s in sorted({0, last // 4, last // 2, 3 * last // 4, last})
    )
    lines = "".join(line(points, colour, name) for (name, points), colour in zip(chart.lines, _COLOURS, strict=True))
    return (
        f"{ticks}{lines}{_legend(chart, height)}"
        f'<text x="{width - _RIGHT}" y="{height - 7}" text-anchor="end">step</text>'
    )


def _legend(chart: Chart, height: int) -> str:
    return "".join(
        f'<rect x="{_LEFT + 8 + 130 * i}" y="{height - 12}" width="10" height="3" fill="{colour}"/>'
        f'<text x="{_LEFT + 22 + 130 * i}" y="{height - 7}">{name} {chart.what}</text>'
        for i, ((name, _), colour) in enumerate(zip(chart.lines, _COLOURS, strict=True))
    )


def curve_png(path: Path, picture: Path) -> None:
    """Draw the curve in `path` to the PNG file `picture`."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    from ragft.workspace import atomic_writer

    charts = _charts(read_curve(path))
    figure, rows = pyplot.subplots(len(charts), squeeze=False, figsize=(7, 3.5 * len(charts)), dpi=120)
    try:
        for chart, (axes,) in zip(charts, rows, strict=True):
            for name, points in chart.lines:
                if points:
                    axes.plot([step for step, _ in points], [value for _, value in points], marker=".", label=name)
            axes.set_xlabel("step")
            axes.set_ylabel(f"{chart.what} ({chart.unit})")
            if chart.training or chart.validation:
                axes.legend()
        figure.tight_layout()
        with atomic_writer(picture, "wb") as handle:
            figure.savefig(handle, format="png", metadata={"Software": None})
    finally:
        pyplot.close(figure)
