"""`ragft benchmark refusal`: the pair of refusal errors of one model."""

from __future__ import annotations

from ragft.cli.benchmark.benchmark_options import Limit, Output, Questions, open_benchmark
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, print_json


def refusal(
    *,
    model: ModelName = None,
    questions: Questions = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """How often one model answers what it should refuse, and refuses what it should answer.

    \b
    Example:
        ragft benchmark refusal --model smollm2 --limit 40
    """
    from ragft.console import progress_bar, stdout

    with open_benchmark(workspace, engine, questions=questions, limit=limit) as app, progress_bar() as progress:
        found = app.benchmarks.refusal(model=model, output=output, progress=progress)
    if as_json:
        values = {name.partition(".")[2]: value for name, value in found.values.items()}
        print_json({"model": found.model, **values, "curve": found.curve})
        return
    from rich.table import Table

    out = stdout()
    for metric in found.metrics:
        out.print(f"{metric.label}: {metric.show(found.values.get(f'refusal.{metric.name}'))}", markup=False)
    if found.curve:
        shown = Table("threshold", "false answers", "false refusals", "macro-F1", box=None, title="The gate's curve")
        for point in found.curve[:: max(1, len(found.curve) // 12)]:
            shown.add_row(
                f"{point.threshold:.2f}",
                f"{point.false_answers:.1%}",
                f"{point.false_refusals:.1%}",
                f"{point.macro_f1:.2f}",
            )
        out.print(shown)
