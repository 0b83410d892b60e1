"""The loss curve: one JSON object a logged step in `train.jsonl`, and pictures of it.

A training line holds `step, epoch, loss, grad_norm, learning_rate`; an evaluation line `step, epoch, eval_loss` and
`eval_<kind>_loss`. No clock times: the file of a resumed run equals that of an undisturbed one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ragft.dataset.store import read_lines, write_lines
from ragft.workspace import disk_error


def append_point(path: Path, point: Mapping[str, Any]) -> None:
    """Add one logged step.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="\n") as handle:
            handle.write(json.dumps(point) + "\n")
    except OSError as error:
        raise disk_error(error, path) from error


def rewind(path: Path, step: int) -> None:
    """Drop what was logged after `step`, and a last line cut short by a kill: training goes on from there."""
    if not path.exists():
        return
    whole = path.read_bytes().rpartition(b"\n")[0] + b"\n"
    points = [json.loads(line) for line in whole.splitlines() if line.strip()]
    write_lines(path, (point for point in points if point["step"] <= step))


@dataclass(frozen=True)
class Curve:
    """Training and validation losses as (step, nats per completion token)."""

    train: tuple[tuple[int, float], ...]
    held_out: tuple[tuple[int, float], ...]


def read_curve(path: Path) -> Curve:
    """The curve in a `train.jsonl`.

    Raises:
        NotFoundError, DatasetError: no such file, or a line that is not JSON.
    """
    points = [point for _, point in read_lines(path)]
    return Curve(
        tuple((p["step"], p["loss"]) for p in points if "loss" in p),
        tuple((p["step"], p["eval_loss"]) for p in points if "eval_loss" in p),
    )


def curve_svg(path: Path, *, width: int = 640, height: int = 300) -> str:
    """The curve as one self-contained `<svg>` element: no script, font or file from elsewhere."""
    curve = read_curve(path)
    everything = [*curve.train, *curve.held_out]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    if not everything:
        return f"{opening}><title>no step logged</title></svg>"
    left, right, top, bottom = 52, 16, 16, 40
    last = max(*(step for step, _ in everything), 1)
    low, high = min(loss for _, loss in everything), max(loss for _, loss in everything)
    low, high = (low, high) if high - low > 1e-9 else (low - 0.5, high + 0.5)

    def x(step: float) -> float:
        return left + (width - left - right) * step / last

    def y(loss: float) -> float:
        return top + (height - top - bottom) * (high - loss) / (high - low)

    def line(points: tuple[tuple[int, float], ...], colour: str, name: str) -> str:
        if not points:
            return ""
        path_points = " ".join(f"{x(step):.1f},{y(loss):.1f}" for step, loss in points)
        dots = "".join(
            f'<circle cx="{x(step):.1f}" cy="{y(loss):.1f}" r="2.5" fill="{colour}">'
            f"<title>{escape(name)}, step {step}: {loss:.4f}</title></circle>"
            for step, loss in points
        )
        return f'<polyline points="{path_points}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'

    ticks = "".join(
        f'<line x1="{left}" x2="{width - right}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/>'
        f'<text x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.2f}</text>'
        for v in (low + (high - low) * i / 4 for i in range(5))
    ) + "".join(
        f'<text x="{x(s):.1f}" y="{height - bottom + 16}" text-anchor="middle">{s}</text>'
        for s in sorted({0, last // 4, last // 2, 3 * last // 4, last})
    )
    legend = "".join(
        f'<rect x="{left + 8 + 130 * i}" y="{height - 12}" width="10" height="3" fill="{colour}"/>'
        f'<text x="{left + 22 + 130 * i}" y="{height - 7}">{name}</text>'
        for i, (name, colour) in enumerate((("training loss", "#3465a4"), ("validation loss", "#cc4400")))
    )
    return (
        f'{opening} font-family="sans-serif" font-size="11" fill="#444">'
        f"<title>Loss by step, nats per completion token</title>{ticks}"
        f"{line(curve.train, '#3465a4', 'training')}{line(curve.held_out, '#cc4400', 'validation')}"
        f'{legend}<text x="{width - right}" y="{height - 7}" text-anchor="end">step</text></svg>'
    )


def curve_png(path: Path, picture: Path) -> None:
    """Draw the curve in `path` to the PNG file `picture`."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    from ragft.workspace import atomic_writer

    curve = read_curve(path)
    figure, axes = pyplot.subplots(figsize=(7, 3.5), dpi=120)
    try:
        for points, name in ((curve.train, "training"), (curve.held_out, "validation")):
            if points:
                axes.plot([step for step, _ in points], [loss for _, loss in points], marker=".", label=name)
        axes.set_xlabel("step")
        axes.set_ylabel("loss (nats per completion token)")
        if curve.train or curve.held_out:
            axes.legend()
        figure.tight_layout()
        with atomic_writer(picture, "wb") as handle:
            figure.savefig(handle, format="png", metadata={"Software": None})
    finally:
        pyplot.close(figure)
