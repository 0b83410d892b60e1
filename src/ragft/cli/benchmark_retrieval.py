"""`ragft benchmark retrieval`: the index alone, on a collection in BEIR form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark_run import apart
from ragft.cli.options import Json, WorkspacePath, open_context, print_json


def retrieval(
    *,
    beir: Annotated[Path, typer.Option("--beir", help="Folder with corpus.jsonl, queries.jsonl and qrels/.")],
    mode: Annotated[str | None, typer.Option(help="hybrid, lexical or dense.", show_default="hybrid")] = None,
    split: Annotated[str, typer.Option(help="A file of qrels/.", show_default="test, else dev")] = "",
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Retrieval quality and speed on a collection in BEIR form.

    \b
    Example:
        ragft benchmark retrieval --beir scifact --mode hybrid --json
    """
    from ragft.benchmark.retrieval import benchmark_retrieval
    from ragft.console import progress_bar, stdout

    _, settings = open_context(workspace)
    settings = apart(settings).with_("index", mode=mode)
    with progress_bar() as progress:
        found = benchmark_retrieval(beir, settings.index, settings.index.mode, split=split, progress=progress).to_json()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        stdout().print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}", markup=False)
