"""`ragft benchmark retrieval`: the search alone, on a collection in BEIR form or by questions about your own papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.benchmark_run import apart, open_model
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, open_context, print_json

if TYPE_CHECKING:
    from ragft.benchmark.natural_retrieval import NaturalReport
    from ragft.config import Settings
    from ragft.workspace import Workspace


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
    from ragft.errors import UsageError

    if (beir is None) == (questions is None):
        raise UsageError("give either --beir or --questions", fix="ragft benchmark retrieval --questions FILE")
    if beir is not None and evidence is not None:
        raise UsageError("--evidence goes with --questions", fix="leave it out, or give --questions FILE")
    place, settings = open_context(workspace)
    settings = settings.with_("index", mode=mode).with_("engine", name=engine)
    if questions is not None:
        _by_questions(place, settings, questions, evidence or 0, model, passages, as_json)
    elif beir is not None:
        _beir(settings, beir, split, as_json)


def _beir(settings: Settings, beir: Path, split: str, as_json: bool) -> None:
    from ragft.benchmark.retrieval import benchmark_retrieval
    from ragft.console import progress_bar, stdout

    index = apart(settings).index
    with progress_bar() as progress:
        found = benchmark_retrieval(beir, index, index.mode, split=split, progress=progress).to_json()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        stdout().print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}", markup=False)


def _by_questions(
    place: Workspace, settings: Settings, path: Path, tokens: int, model: str | None, passages: bool, as_json: bool
) -> None:
    from contextlib import ExitStack

    from ragft.answer.library.librarian import Librarian
    from ragft.answer.session import require_documents
    from ragft.benchmark.natural import load_natural
    from ragft.benchmark.natural_retrieval import measure, prompt_fitter
    from ragft.console import progress_bar
    from ragft.index.store import open_index

    require_documents(place)
    asked = load_natural(path)
    with ExitStack() as stack:
        index = stack.enter_context(open_index(place, settings.index))
        fit = None
        if tokens:
            engine, name = stack.enter_context(open_model(place, settings, model))
            fit = prompt_fitter(engine, name, index, settings.with_("answer", evidence_tokens=tokens).answer)
        progress = stack.enter_context(progress_bar())
        report = measure(
            asked,
            index,
            fit=fit,
            librarian=None if passages else Librarian(index),
            evidence_tokens=tokens,
            mode=settings.index.mode,
            progress=progress,
        )
    if as_json:
        print_json(report)
        return
    _show(report)


def _show(report: NaturalReport) -> None:
    from rich.table import Table
    from rich.text import Text

    from ragft.benchmark.natural_retrieval import DEPTHS, READ, Scores
    from ragft.console import safe_line, stdout, warn

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "n", *(f"ev@{depth}" for depth in DEPTHS), f"page@{READ}", f"doc@{READ}", "MRR", "index"):
        shown.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    if report.all.by_catalogue:
        shown.add_column("cat", justify="right", no_wrap=True)
    if report.evidence_tokens:
        shown.add_column("prompt", justify="right", no_wrap=True)

    def add(name: str, scores: Scores) -> None:
        values = [
            *scores.evidence_at.values(),
            scores.page_at[READ],
            scores.document_at[READ],
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
