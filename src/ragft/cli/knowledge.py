"""`ragft knowledge`: what a file of facts for the task knowledge holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.options import WorkspacePath, open_app

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def knowledge() -> None:
    """Look into the facts that build-model --task knowledge puts into a model.

    \b
    Example:
        ragft knowledge graph company.jsonl
    """


@app.command()
def graph(
    file: Annotated[Path, typer.Argument(help="JSONL with a fact on each line.")],
    form: Annotated[str, typer.Option("--format", help="text, json, mermaid or graphml.", metavar="FORM")] = "text",
    find: Annotated[
        str, typer.Option(help="Show the facts that the graph finds for this question.", metavar="QUESTION")
    ] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.", metavar="FILE")] = None,
    workspace: WorkspacePath = None,
) -> None:
    """Show the facts as a graph: entities, their attributes, and the links between them.

    \b
    Example:
      ragft knowledge graph company.jsonl
      ragft knowledge graph company.jsonl --find "Where was the founder of Mirandel born?"
      ragft knowledge graph company.jsonl --format mermaid -o company.mmd
    """
    from ragft.console import note, safe, stdout
    from ragft.workspace import write_text

    with open_app(workspace) as opened:
        text = opened.knowledge_graph(file, form=form, find=find)
    if output is not None:
        write_text(output, text)
        note(f"graph: {output}")
        return
    stdout().print(safe(text.rstrip("\n")), markup=False, soft_wrap=True)
