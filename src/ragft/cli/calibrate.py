"""`ragft calibrate`: fit the refusal threshold to these documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, emit, open_context

if TYPE_CHECKING:
    from ragft.answer.calibrate import CalibrationReport
    from ragft.config import IndexSettings
    from ragft.workspace import Workspace


def calibrate(
    *,
    labelled: Annotated[
        Path | None, typer.Option(help='JSONL: {"question": …, "answerable": true} a line; added to those made.')
    ] = None,
    count: Annotated[int, typer.Option(min=0, help="Questions to make from the documents.")] = 60,
    seed: Annotated[int, typer.Option(help="Which passages are drawn.")] = 0,
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
    """
    from ragft.answer.calibrate import calibrate as fit
    from ragft.answer.calibrate import make_questions, read_labelled
    from ragft.answer.session import CALIBRATION_KEY, open_session
    from ragft.answer.shipped import SHIPPED
    from ragft.console import note, progress_bar

    chosen, settings = open_context(workspace)
    if reset:
        _reset(chosen, settings.index)
        emit({"reset": True, "calibration": SHIPPED}, as_json, lambda: note("back to the shipped thresholds"))
        return
    settings = settings.with_("engine", name=engine)
    rows = read_labelled(labelled) if labelled else []
    with open_session(chosen, settings, model=model) as session:
        with progress_bar() as progress:
            if count:
                name = session.assistant(model).model
                rows += make_questions(
                    session.index, session.engine, model=name, count=count, seed=seed, progress=progress
                )
            source = f"{len(rows)} questions" + (f", {labelled.name} among them" if labelled else "")
            report = fit(session.index, rows, settings=settings.answer, source=source, progress=progress)
        session.index.write_meta(CALIBRATION_KEY, report.calibration.to_json())
    emit(report, as_json, lambda: _show(report))


def _reset(workspace: Workspace, settings: IndexSettings) -> None:
    """Forget what was stored, so that the thresholds are those of whatever ragft reads them. Needs no engine."""
    from ragft.answer.session import CALIBRATION_KEY, require_documents
    from ragft.index.store import open_index

    require_documents(workspace)
    with open_index(workspace, settings) as index:
        index.write_meta(CALIBRATION_KEY, "")


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
