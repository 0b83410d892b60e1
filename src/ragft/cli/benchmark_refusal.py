"""`ragft benchmark refusal`: the pair of refusal errors of one model."""

from __future__ import annotations

from ragft.cli.benchmark_run import Limit, Output, Questions, benchmark_settings, open_model, run_arms
from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, open_context, print_json


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
    from ragft.answer.session import require_documents
    from ragft.benchmark.base import Arm
    from ragft.benchmark.refusal_curve import curve_of
    from ragft.benchmark.suites.refusal import Refusal
    from ragft.console import stdout

    place, loaded = open_context(workspace)
    settings = benchmark_settings(loaded, engine, suites=("refusal",), questions=questions, limit=limit)
    folder = output or place.root / "benchmark" / "refusal"
    require_documents(place)
    with open_model(place, settings, model) as (opened, name):
        report = run_arms(place, settings, [Arm("model", name)], folder, engine=opened, quote=True)
    values, curve = report.arms["model"], curve_of(report.rows)
    if as_json:
        print_json({"model": name, **{k.partition(".")[2]: v for k, v in values.items()}, "curve": curve})
        return
    from rich.table import Table

    out = stdout()
    for metric in Refusal.metrics:
        out.print(f"{metric.label}: {metric.show(values.get(f'refusal.{metric.name}'))}", markup=False)
    if curve:
        shown = Table("threshold", "false answers", "false refusals", "macro-F1", box=None, title="The gate's curve")
        for point in curve[:: max(1, len(curve) // 12)]:
            shown.add_row(
                f"{point.threshold:.2f}",
                f"{point.false_answers:.1%}",
                f"{point.false_refusals:.1%}",
                f"{point.macro_f1:.2f}",
            )
        out.print(shown)
