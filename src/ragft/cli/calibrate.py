"""`ragft calibrate`: fit the refusal threshold to these documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_app
from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.answer.refusal.calibration import CalibrationReport
    from ragft.answer.refusal.judge_comparison import JudgeReport
    from ragft.answer.refusal.own_word import OwnWordReport


def calibrate(
    *,
    labelled: Annotated[
        Path | None, typer.Option(help='JSONL: {"question": …, "answerable": true} a line; added to those made.')
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=0, help="Questions to make from the documents.", show_default="60, with --refusals 20"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which passages are drawn.")] = 0,
    judge: Annotated[
        bool, typer.Option("--judge", help="Measure instead whether the model judges its sentences better than words.")
    ] = False,
    refusals: Annotated[
        bool,
        typer.Option("--refusals", help="Measure instead whether the model is to be told how to refuse, and trusted."),
    ] = False,
    pairs: Annotated[
        Path | None,
        typer.Option(
            help='JSONL for --judge: {"sentence": …, "evidence": …, "supported": true} a line.',
            show_default="those that ship",
        ),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the thresholds that ship with ragft.")] = False,
    workspace: WorkspacePath = None,
    engine: EngineName = None,
    model: ModelName = None,
    as_json: Json = False,
) -> None:
    """Fit the refusal threshold to your documents and keep it with the index.

    Questions are made from the documents, and each is asked twice: of all of them, and without the one it came
    from. The threshold is the one with the fewest false answers at no more than 10 % false refusals.

    \b
    Example:
        ragft calibrate
        ragft calibrate --count 0 --labelled my_questions.jsonl
        ragft calibrate --judge --model qwen3:8b
        ragft calibrate --refusals --model qwen3:8b
    """
    from ragft.console import note, progress_bar

    if (pairs and not judge) or (labelled and judge):
        raise UsageError("--pairs is for --judge, and --labelled for questions", fix="give one of them")
    if judge and refusals:
        raise UsageError("--judge and --refusals are two measurements", fix="give one of them")
    with open_app(workspace, engine={"name": engine}) as app:
        if reset:
            data = {"reset": True, "calibration": app.reset_calibration()}
            emit(data, as_json, lambda: note("back to the shipped thresholds"))
            return
        if judge:
            with progress_bar() as progress:
                judged = app.calibrate_judge(pairs=pairs, model=model, progress=progress)
            emit(judged, as_json, lambda: _show_judges(judged))
            return
        given = {} if count is None else {"count": count}
        if refusals:
            with progress_bar() as progress:
                measured = app.calibrate_refusals(labelled=labelled, seed=seed, model=model, progress=progress, **given)
            emit(measured, as_json, lambda: _show_ways(measured))
            return
        with progress_bar() as progress:
            report = app.calibrate(labelled=labelled, seed=seed, model=model, progress=progress, **given)
    emit(report, as_json, lambda: _show(report))


def _show(report: CalibrationReport) -> None:
    from rich.table import Table

    from ragft.console import stdout

    table = Table("", "threshold", "false answers", "false refusals", "macro-F1")
    for name, point in (("before", report.before), ("now", report.fitted), ("now, held out", report.held_out)):
        threshold = f"{point.threshold:.3f}" if name != "now, held out" else ""
        table.add_row(
            name, threshold, f"{point.false_answers:.1%}", f"{point.false_refusals:.1%}", f"{point.macro_f1:.3f}"
        )
    stdout().print(table)
    stdout().print(f"{report.answerable} answerable and {report.unanswerable} unanswerable questions")


def _show_ways(report: OwnWordReport) -> None:
    from rich.table import Table

    from ragft.console import stdout

    table = Table("the model is", "answered", "false answers", "refused rightly", "wrongly")
    for name, way in (("told how to refuse", report.told), ("not told", report.untold)):
        counts = f"{way.refused_right}", f"{way.refused_wrong}"
        table.add_row(name, f"{way.answered:.1%}", f"{way.false_answers:.1%}", *counts)
    stdout().print(table)
    told = "told how to refuse" if report.own_word.told else "not told how to refuse"
    trusted = "its refusals stand" if report.own_word.trusted else "a source may be quoted where it refuses"
    stdout().print(f"from now on it is {told}; {trusted}")
    stdout().print(f"{report.answerable} answerable and {report.unanswerable} unanswerable questions")


def _show_judges(report: JudgeReport) -> None:
    from rich.table import Table

    from ragft.console import stdout

    table = Table("judge", "right kept", "wrong stopped", "mean")
    for name, figures in (("words and meaning", report.words), ("the model, held out", report.model)):
        table.add_row(name, f"{figures.kept:.1%}", f"{figures.stopped:.1%}", f"{figures.mean:.1%}")
    stdout().print(table)
    least = f"the model judges from now on, from a probability of {report.least:.2f} on"
    stdout().print(least if report.better else "words and meaning judge, as before")
    stdout().print(f"{report.right} right and {report.wrong} wrong sentences")
