"""`ragft benchmark study`: the same facts in the prompt, in an index, in the weights, and nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark.benchmark_options import Limit, Output, open_benchmark, print_benchmark
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, print_json


def study(
    *,
    facts: Annotated[Path, typer.Option("--facts", help="JSONL with fact, question, answer a line.")],
    model: ModelName = None,
    tuned: Annotated[
        str | None, typer.Option("--tuned", help="A model with the facts in its weights.", metavar="NAME")
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="Take base and tuned model from this run.", metavar="ID")
    ] = None,
    prepare: Annotated[
        str | None, typer.Option("--prepare", help="Only write the training data set.", metavar="DATASET")
    ] = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """The same facts in context, by retrieval, in the weights, and not at all: what is taken up, and at what price.

    \b
    Example:
        ragft benchmark study --facts facts.jsonl --prepare facts
        ragft train --dataset facts --base smollm2    # then export and register
        ragft benchmark study --facts facts.jsonl --run latest
    """
    from ragft.console import note, progress_bar

    with open_benchmark(workspace, engine, limit=limit) as app:
        if prepare is not None:
            rows, folder = app.study_rows(facts, prepare)
            if as_json:
                print_json({"dataset": prepare, "rows": rows})
            note(f"data set: {folder}")
            return
        with progress_bar() as progress:
            found = app.study(facts, model=model, tuned=tuned, run=run, output=output, progress=progress)
    if as_json:
        print_json(found.to_json())
        return
    print_benchmark(found)
    if tuned is None and run is None:
        note("the weights are missing: train on the facts (--prepare), register, and give --run or --tuned")
    note(f"report: {found.page}")
