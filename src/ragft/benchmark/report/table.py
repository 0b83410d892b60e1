"""The table on a terminal: base beside tuned, the change, the interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragft.benchmark.base import BenchmarkReport, Difference, by_question
from ragft.benchmark.report.report_files import agreement_line, protocol_line, questions_of, show_p
from ragft.benchmark.scoring.analysis import MetricsBySuite, all_metrics
from ragft.benchmark.scoring.measures import Metric, of_one_question
from ragft.console import safe

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_COLOURS = {"better": "green", "worse": "red", "mixed": "yellow", "undecided": "cyan"}
_NARROW = 80
"""Below this many columns the interval and p of one arm beside the baseline are left to the report."""
_OF_AN_ARM, _OF_A_CHANGE = 44, 22
"""What a further arm takes with its interval, and with its change alone."""


def tables(report: BenchmarkReport, metrics: MetricsBySuite, width: int) -> Iterator[RenderableType]:
    """Table, questions, verdict and reason, for rich to print in `width` columns."""
    from rich.text import Text

    for line in report.settings.get("differing", ()):
        yield Text(f"differs: {safe(line)}", "cyan")
    yield _values(report, metrics, width)
    if report.agreements:
        yield Text(safe(agreement_line(report)))
    yield ""
    yield from _by_question(report, metrics, width)
    yield Text(report.verdict.upper(), f"bold {_COLOURS[report.verdict]}")
    yield Text(safe(report.reason))
    for figure in report.figures:
        yield Text(safe(f"{figure.label}: {figure.value} ({figure.note})"))
    if report.recommendation is not None:
        yield Text(f"recommended: {safe(report.recommendation.arm)}", "bold")
        yield Text(safe(report.recommendation.reason))
    if digest := protocol_line(report):
        yield Text(safe(digest))
    for warning in report.warnings:
        yield Text(f"warning: {safe(warning)}", "yellow")


def _values(report: BenchmarkReport, metrics: MetricsBySuite, width: int) -> RenderableType:
    """A line a metric, a column an arm, with as much of its change as fits."""
    from rich.table import Table
    from rich.text import Text

    roles = list(report.arms)
    more = max(0, len(roles) - 2)
    wide, changing = width >= _NARROW + more * _OF_AN_ARM, _has_room_for_changes(width, more)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("metric", overflow="fold")
    shown.add_column(Text(safe(roles[0])), justify="right")
    for role in roles[1:]:
        shown.add_column(Text(safe(role)), justify="right")
        if changing:
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
            cells += [_change(report, metric, d)] if changing else []
            if wide:
                cells += [metric.show_interval(d), show_p(d)] if d and not metric.control else ["", ""]
        shown.add_row(*cells)
    return shown


def _has_room_for_changes(width: int, more: int) -> bool:
    """Whether changes fit beside the values of `more` arms beyond two."""
    return not more or width >= _NARROW + more * _OF_A_CHANGE


def _change(report: BenchmarkReport, metric: Metric, d: Difference | None) -> Text | str:
    from rich.text import Text

    if d is None:
        return ""
    shown = metric.show_paired(d.change, d.n, questions_of(report, d))
    return Text(shown, {"up": "green", "down": "red"}.get(metric.direction(d), ""))


def _by_question(report: BenchmarkReport, metrics: MetricsBySuite, width: int) -> Iterator[RenderableType]:
    """Question by question, the first metric that stands for each suite: the baseline, the others, and their changes
    where there is room."""
    from rich.table import Table
    from rich.text import Text

    roles = list(report.arms)
    changing = _has_room_for_changes(width, max(0, len(roles) - 2))
    for suite, measured in metrics.items():
        metric = next((of_one_question(m, measured) for m in measured if m.leads), None)
        pairs = by_question(row for row in report.rows if row.suite == suite)
        if metric is None or not pairs:
            continue
        shown = Table(box=None, pad_edge=False, header_style="bold")
        shown.add_column(Text(f"{metric.label} by question"), overflow="fold")
        for heading in (*roles, *("change" for _ in roles[1:] if changing)):
            shown.add_column(Text(safe(heading)), justify="right")
        for question, pair in pairs.items():
            by_role = {role: row.scores.get(metric.score) for role, row in pair.items()}
            first = by_role.get(roles[0])
            others = [by_role.get(role) for role in roles[1:]]
            changes = [None if first is None or value is None else value - first for value in others]
            shown.add_row(
                Text(safe(question)),
                *(metric.show(by_role.get(role)) for role in roles),
                *(metric.show_change(change) if change else "" for change in changes if changing),
            )
        yield shown
        yield ""
