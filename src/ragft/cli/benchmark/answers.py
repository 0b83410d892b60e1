"""`ragft benchmark answers`: what happens to the answers of a perfect model, and of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from ragft.benchmark.written.report import PlayedReport, Scores

_RIGHT = ("other_quote", "marked", "quotation", "refused_before", "refused_after", "catalogue")
_WRONG = ("marked", "dropped", "quotation", "refused_before", "refused_after", "shown")
_REFUSALS = ("marked", "dropped", "quotation", "refused_after", "shown")


def answers(
    *,
    answers_from: Annotated[
        list[Path] | None,
        typer.Option(
            "--played", help="JSONL file of written answers; may be repeated.", show_default="those that ship"
        ),
    ] = None,
    questions: Annotated[
        list[Path] | None,
        typer.Option(
            "--questions",
            help="JSONL file of their natural questions; may be repeated.",
            show_default="those that ship",
        ),
    ] = None,
    evidence: Annotated[
        str,
        typer.Option("--evidence", help="retrieved, or wanted: with the passages that hold the answer first."),
    ] = "retrieved",
    weights: Annotated[
        float, typer.Option("--weights", min=0, metavar="BILLIONS", help="Size of the model that is played.")
    ] = 7.0,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Play written answers back as a model's, and count which reach the reader: right ones should, wrong ones not.

    No model is asked. Search, gate, prompt and check are those of `ragft ask` over the papers ingested.

    \b
    Example:
        ragft benchmark answers
        ragft benchmark answers --played data/natural/answers.jsonl --evidence wanted --json
    """
    from ragft.console import progress_bar
    from ragft.errors import UsageError

    if evidence not in ("retrieved", "wanted"):
        raise UsageError(f"--evidence {evidence!r} is neither retrieved nor wanted", fix="--evidence wanted")
    with open_app(workspace) as app, progress_bar() as progress:
        report = app.benchmarks.answers(
            played=answers_from or (),
            questions=questions or (),
            evidence="wanted" if evidence == "wanted" else "retrieved",
            weights=int(weights * 1e9),
            progress=progress,
        )
    emit(report, as_json, lambda: _show(report))


def _show(report: PlayedReport) -> None:
    from ragft.console import safe_line, stdout, warn

    out = stdout()
    if report.right.reached.total:
        out.print(_right_table(report))
    if report.wrong.stopped.total:
        out.print(_wrong_table(report))
        named = report.named_shown
        out.print(f"{named.count} of {named.total} with a wrong number or name were shown as supported", markup=False)
    if report.refusals.taken.total:
        out.print(_refusal_table(report))
    if report.catalogue:
        out.print(f"{report.catalogue} answers are to questions that the catalogue answers: no model is asked")
    if report.skipped:
        titles = "; ".join(safe_line(title) for title in report.missing)
        warn(f"{report.skipped} answers are left out, their documents are not in the index: {titles}")


def _right_table(report: PlayedReport) -> Table:
    groups = [{"all": report.right, "with evidence": report.with_evidence}, report.right_by_kind]
    if len(report.right_by_language) > 1:
        groups.append(report.right_by_language)
    return _table("Right answers", "reached", _RIGHT, groups)


def _wrong_table(report: PlayedReport) -> Table:
    return _table("Wrong answers", "stopped", _WRONG, [{"all": report.wrong}, report.wrong_by_change])


def _refusal_table(report: PlayedReport) -> Table:
    return _table("Refusals", "taken", _REFUSALS, [{"all": report.refusals}, report.refusals_by_language])


def _table(first: str, good: str, outcomes: Sequence[str], groups: Sequence[Mapping[str, Scores]]) -> Table:
    """A row a group of answers: how many, the share that went well, and how many had each of `outcomes`."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column(good, justify="right", no_wrap=True)
    for outcome in outcomes:
        heading = outcome.replace("quotation", "quoted").split("_")
        table.add_column("\n".join(heading), justify="right", min_width=max(map(len, heading)))
    for group in groups:
        for name, scores in group.items():
            counts = (str(scores.outcomes.get(outcome, 0)) for outcome in outcomes)
            table.add_row(name, str(scores.good.total), scores.good.show(), *counts)
        table.add_section()
    return table
