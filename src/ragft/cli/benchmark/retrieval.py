"""`ragft benchmark retrieval`: the search alone, on a collection in BEIR form or by questions about your own papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragft.benchmark.retrieval.natural import NaturalReport, RetrievalScores


def retrieval(
    *,
    beir: Annotated[
        Path | None, typer.Option("--beir", help="Folder with corpus.jsonl, queries.jsonl, qrels/.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="JSONL file of natural questions about the papers ingested.")
    ] = None,
    evidence: Annotated[
        int | None,
        typer.Option(
            "--evidence",
            min=1,
            metavar="TOKENS",
            help="With --questions: also what is left of the evidence in a prompt of so many tokens of evidence.",
        ),
    ] = None,
    passages: Annotated[
        bool, typer.Option("--passages", help="With --questions: search for what the catalogue would answer, too.")
    ] = False,
    mode: Annotated[str | None, typer.Option(help="hybrid, lexical or dense.", show_default="hybrid")] = None,
    split: Annotated[str, typer.Option(help="A file of qrels/.", show_default="test, else dev")] = "",
    engine: EngineName = None,
    model: ModelName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Retrieval quality: of your own index by questions, or on a collection in BEIR form.

    Engine and model are needed with --evidence only: tokens are counted as the model counts them.

    \b
    Example:
        ragft benchmark retrieval --questions data/natural/questions.jsonl --evidence 300
        ragft benchmark retrieval --beir scifact --mode hybrid --json
    """
    from ragft.console import progress_bar
    from ragft.errors import UsageError

    if (beir is None) == (questions is None):
        raise UsageError("give either --beir or --questions", fix="ragft benchmark retrieval --questions FILE")
    if beir is not None and evidence is not None:
        raise UsageError("--evidence goes with --questions", fix="leave it out, or give --questions FILE")
    app = open_app(workspace, index={"mode": mode}, engine={"name": engine})
    with app, progress_bar() as progress:
        if questions is not None:
            report = app.benchmarks.retrieval(
                questions, evidence_tokens=evidence or 0, passages=passages, model=model, progress=progress
            )
        elif beir is not None:
            found = app.benchmarks.beir(beir, split=split, progress=progress).to_json()
    if questions is not None:
        emit(report, as_json, lambda: _show(report))
    else:
        emit(found, as_json, lambda: _show_beir(found))


def _show_beir(found: Mapping[str, Any]) -> None:
    from ragft.console import stdout

    for name, value in found.items():
        stdout().print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}", markup=False)


def _show(report: NaturalReport) -> None:
    from rich.table import Table
    from rich.text import Text

    from ragft.console import safe_line, stdout, warn

    read = report.read_depth
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "",
        "n",
        *(f"ev@{depth}" for depth in report.all.evidence_at),
        f"page@{read}",
        f"doc@{read}",
        "MRR",
        "index",
    ):
        shown.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    if report.all.by_catalogue:
        shown.add_column("cat", justify="right", no_wrap=True)
    if report.evidence_tokens:
        shown.add_column("prompt", justify="right", no_wrap=True)

    def add(name: str, scores: RetrievalScores) -> None:
        values = [
            *scores.evidence_at.values(),
            scores.page_at[read],
            scores.document_at[read],
            scores.mrr,
            scores.in_index,
        ]
        values += [scores.catalogue] if report.all.by_catalogue else []
        values += [scores.in_prompt] if report.evidence_tokens else []
        cells = ["" if value is None else f"{value:.2f}" for value in values]
        shown.add_row(Text(safe_line(name)), str(scores.questions), *cells)

    add("all", report.all)
    for groups in (report.by_kind, report.by_style, report.by_language):
        if len(groups) > 1:
            shown.add_section()
            for name, scores in groups.items():
                add(name, scores)
    stdout().print(shown)
    if report.all.by_catalogue:
        stdout().print(f"cat: the share answered rightly of {report.all.by_catalogue} that the catalogue answered")
    if report.catalogue:
        stdout().print(f"{report.catalogue} questions name no document and are left out: no passage answers them")
    if report.skipped:
        titles = "; ".join(safe_line(title) for title in report.missing)
        warn(f"{report.skipped} questions are left out, their documents are not in the index: {titles}")
