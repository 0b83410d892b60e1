"""The table on a terminal: base beside tuned, the change, the interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ragft.benchmark.analysis import MetricsBySuite, all_metrics
from ragft.benchmark.base import BenchmarkReport, Difference
from ragft.benchmark.measures import Metric
from ragft.benchmark.report import questions_of, show_p
from ragft.console import safe

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_COLOURS = {"better": "green", "worse": "red", "mixed": "yellow", "undecided": "cyan"}
_NARROW = 80
"""Below this many columns the interval and p are left to the report."""


def print_table(report: BenchmarkReport, metrics: MetricsBySuite, console: Console) -> None:
    """Table, verdict, reason."""
    from rich.table import Table
    from rich.text import Text

    roles = list(report.arms)
    wide = console.width >= _NARROW
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("metric", overflow="fold")
    shown.add_column(Text(safe(roles[0])), justify="right")
    for role in roles[1:]:
        shown.add_column(Text(safe(role)), justify="right")
        shown.add_column("change", justify="right", no_wrap=True)
        if wide:
            shown.add_column("95 % interval", justify="right", no_wrap=True)
            shown.add_column("p", justify="right", no_wrap=True)
    changes = {(d.metric, d.arm): d for d in report.differences}
    for name, metric in all_metrics(metrics).items():
        if not any(name in report.arms[role] for role in roles):
            continue
        cells: list[RenderableType] = [
            Text(metric.label + (" *" if metric.primary else "")),
            metric.show(report.arms[roles[0]].get(name)),
        ]
        for role in roles[1:]:
            d = changes.get((name, role))
            cells.append(metric.show(report.arms[role].get(name)))
            cells.append(_change(report, metric, d))
            if wide:
                interval = not d or metric.control or math.isnan(d.low)
                cells.append("" if interval or not d else f"{metric.show_change(d.low)} … {metric.show_change(d.high)}")
                cells.append(show_p(d) if d and not metric.control else "")
        shown.add_row(*cells)
    console.print(shown)
    console.print()
    console.print(Text(report.verdict.upper(), f"bold {_COLOURS[report.verdict]}"))
    console.print(Text(safe(report.reason)))
    for warning in report.warnings:
        console.print(Text(f"warning: {safe(warning)}", "yellow"))


def _change(report: BenchmarkReport, metric: Metric, d: Difference | None) -> Text | str:
    from rich.text import Text

    if d is None:
        return ""
    shown = metric.show_paired(d.change, d.n, questions_of(report, d))
    return Text(shown, {"up": "green", "down": "red"}.get(metric.direction(d), ""))
