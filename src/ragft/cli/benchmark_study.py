"""`ragft benchmark study`: the same facts in the prompt, in an index, in the weights, and nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragft.cli.benchmark_run import Limit, Output, apart, benchmark_settings, open_model, run_arms
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, open_context, print_json


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
    from ragft.benchmark import study as study_of
    from ragft.benchmark.arms import parse_arms
    from ragft.benchmark.report import as_json as report_json
    from ragft.benchmark.suites import suite
    from ragft.benchmark.table import print_table
    from ragft.console import note, stdout
    from ragft.errors import ComparisonError
    from ragft.workspace import Workspace

    place, loaded = open_context(workspace)
    found = study_of.load_facts(facts)
    if prepare is not None:
        from ragft.dataset.base import Row
        from ragft.dataset.store import save_dataset

        rows = [Row(prompt, (completion,), "grounded") for prompt, completion in study_of.training_messages(found)]
        folder = save_dataset(place, prepare, rows, [])
        if as_json:
            print_json({"dataset": prepare, "rows": len(rows)})
        note(f"data set: {folder}")
        return
    settings = apart(benchmark_settings(loaded, engine, limit=limit))
    run_dir = None if run is None else place.run(run)
    if run_dir is not None:
        base, weights = parse_arms("base,tuned", run_dir)
        model, tuned = base.model, weights.model
    folder = output or place.root / "benchmark" / "study"
    suites = [study_of.Facts(found), suite("general")]
    shelf = Workspace(folder / "facts")
    from ragft.index.store import open_index

    with open_index(shelf, settings.index) as index:
        study_of.index_facts(index, found)
    with open_model(place, settings, model) as (opened, name):
        try:
            report = run_arms(
                shelf, settings, study_of.arms(name, tuned), folder, engine=opened, run_dir=run_dir, suites=suites
            )
        except ComparisonError as error:
            fix = "export and register both by ragft, and give --run"
            raise ComparisonError(error.message, fix=fix) from error
    metrics = {s.name: s.metrics for s in suites}
    if as_json:
        print_json({**report_json(report, metrics), "report": str(folder / "report.html")})
        return
    print_table(report, metrics, stdout())
    if tuned is None:
        note("the weights are missing: train on the facts (--prepare), register, and give --run or --tuned")
    note(f"report: {folder / 'report.html'}")
