"""Runs over time: the tables of several finished benchmarks side by side, and how one metric moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from ragft.benchmark.base import Difference, Verdict
from ragft.benchmark.report.figures import WIDTH, svg
from ragft.benchmark.report.page_templates import page_template
from ragft.benchmark.report.saved import load_report
from ragft.benchmark.scoring.analysis import all_metrics
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Suite
from ragft.workspace import write_text


@dataclass(frozen=True)
class ComparedRun:
    """One run: the values of its tuned arm (or of its only arm), and what changed against its own base."""

    run: str
    model: str
    verdict: Verdict
    values: Mapping[str, float]
    changes: Mapping[str, Difference]
    quantization: str = ""
    warnings: tuple[str, ...] = ()
    questions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Ids of what was asked, by suite."""


def read_history(
    folders: Mapping[str, Path], suites: Mapping[str, Suite]
) -> tuple[list[ComparedRun], dict[str, Metric]]:
    """The benchmarks in `folders` (by run id, in the order given), and all metrics that occur.

    Raises:
        NotFoundError: one of the runs has no finished benchmark.
    """
    entries: list[ComparedRun] = []
    metrics: dict[str, Metric] = {}
    for run, folder in folders.items():
        report, found = load_report(folder, suites)
        metrics |= all_metrics(found)
        roles = list(report.arms)
        role = "tuned" if "tuned" in report.arms else roles[min(1, len(roles) - 1)]
        facts: dict[str, Mapping[str, str]] = {arm["role"]: arm for arm in report.settings.get("arms", ())}
        arm = facts.get(role, {})
        changes = {d.metric: d for d in report.differences if d.arm == role}
        model, quantization = str(arm.get("model", role)), str(arm.get("quantization", ""))
        values = report.arms[role]
        questions = {name: frozenset(r.question_id for r in report.rows if r.suite == name) for name in found}
        entries.append(
            ComparedRun(run, model, report.verdict, values, changes, quantization, report.warnings, questions)
        )
    shown = {name: m for name, m in metrics.items() if any(name in e.values for e in entries)}
    return entries, shown


def comparison_warnings(entries: Sequence[ComparedRun]) -> list[str]:
    """What prevents reading the runs side by side: models of other quantisations, other questions, and
    what each run warns of itself."""
    found = [f"{entry.run}: {warning}" for entry in entries for warning in entry.warnings]
    for suite in dict.fromkeys(name for entry in entries for name in entry.questions):
        asked = {entry.run: entry.questions[suite] for entry in entries if suite in entry.questions}
        if len(set(asked.values())) > 1:
            each = ", ".join(f"{run} {len(ids)}" for run, ids in asked.items())
            found.insert(0, f"{suite}: the runs were asked different questions, so values may differ by them: {each}")
    if len({entry.quantization for entry in entries}) > 1:
        each = ", ".join(f"{entry.run} {entry.quantization or 'unknown'}" for entry in entries)
        found.insert(0, f"the runs differ in quantisation, so their values are not fairly compared: {each}")
    return found


def write_history(entries: Sequence[ComparedRun], metrics: Mapping[str, Metric], path: Path) -> None:
    """A self-contained page: a plot a primary metric, then the table.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    from markupsafe import Markup

    plots = [(m.label, Markup(history_plot(entries, name, m))) for name, m in metrics.items() if m.leads]  # noqa: S704
    page = page_template("history.html.j2").render(
        entries=entries, metrics=metrics, plots=plots, warnings=comparison_warnings(entries)
    )
    write_text(path, page + "\n")


def history_plot(entries: Sequence[ComparedRun], name: str, metric: Metric) -> str:
    """The metric over the runs: a dot a run, its base as a ring, a line between the runs."""
    points = [(i, e) for i, e in enumerate(entries) if name in e.values]
    if not points:
        return ""
    bases = {i: e.changes[name].base for i, e in points if name in e.changes}
    values = [e.values[name] for _, e in points] + list(bases.values())
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    low, high, height = low - 0.15 * span, high + 0.15 * span, 150

    def x(i: int) -> float:
        return 50 + (WIDTH - 70) * (i / max(1, len(entries) - 1) if len(entries) > 1 else 0.5)

    def y(value: float) -> float:
        return height - 30 - (value - low) / (high - low) * (height - 50)

    path = " ".join(f"{x(i):.1f},{y(e.values[name]):.1f}" for i, e in points)
    parts = [f'<polyline points="{path}"/>']
    for i, entry in points:
        value, label = entry.values[name], escape(entry.run)
        if i in bases:
            parts.append(f'<circle class="ring" cx="{x(i):.1f}" cy="{y(bases[i]):.1f}" r="4"/>')
        parts.append(
            f'<circle cx="{x(i):.1f}" cy="{y(value):.1f}" r="4"><title>{label}: {escape(metric.show(value))}</title>'
            f'</circle><text class="axis" x="{x(i):.1f}" y="{height - 8}" text-anchor="middle">{label[:12]}</text>'
        )
    parts += [
        f'<text class="axis" x="2" y="{y(v) + 4:.1f}">{escape(metric.show(v))}</text>'
        for v in {min(values), max(values)}
    ]
    return svg(height, f"{metric.label} over runs", parts)
