"""The refusal threshold, fitted to the documents at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.answer.refusal.calibration import CalibrationReport
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.refusal.judge_comparison import JudgeReport
    from ragft.app.resources import Resources
    from ragft.console import Progress


def calibrate(
    resources: Resources,
    *,
    labelled: Path | None,
    count: int,
    seed: int,
    model: str | None,
    progress: Progress | None,
) -> CalibrationReport:
    """Fit the threshold and keep it with the index; see `Application.calibrate`."""
    from ragft.answer.refusal.calibration import calibrate as fit
    from ragft.answer.refusal.calibration import make_calibration_questions, read_labelled
    from ragft.answer.refusal.shipped import SHIPPED
    from ragft.answer.session import CALIBRATION_KEY

    rows = read_labelled(labelled) if labelled else []
    session = resources.session(model)
    if count:
        name = session.assistant(model).model
        rows += make_calibration_questions(
            session.index, session.engine, model=name, count=count, seed=seed, progress=progress
        )
    source = f"{len(rows)} questions" + (f", {labelled.name} among them" if labelled else "")
    start = replace(SHIPPED, judge=session.calibration.judge, judge_least=session.calibration.judge_least)
    report = fit(session.index, rows, settings=session.settings.answer, start=start, source=source, progress=progress)
    session.index.write_meta(CALIBRATION_KEY, report.calibration.to_json())
    resources.recalibrate(report.calibration)
    return report


def calibrate_judge(
    resources: Resources, *, pairs: Path | None, model: str | None, progress: Progress | None
) -> JudgeReport:
    """Measure whether the model judges better than words, and keep that with the index; see
    `Application.calibrate_judge`."""
    from ragft.answer.checking.support import Supporter
    from ragft.answer.refusal.judge_comparison import SHIPPED_PAIRS, compare_judges, read_pairs
    from ragft.answer.session import CALIBRATION_KEY
    from ragft.data import shipped

    rows = read_pairs(pairs or shipped(SHIPPED_PAIRS))
    session = resources.session(model)
    chosen = session.find(session.assistant(model).model)
    report = compare_judges(
        rows,
        session.engine,
        model=chosen.name,
        supporter=Supporter(session.index.embed, reads=session.index.reads),
        support=session.calibration.support,
        progress=progress,
    )
    kept = replace(session.calibration, judge=chosen.digest if report.better else "", judge_least=report.least)
    session.index.write_meta(CALIBRATION_KEY, kept.to_json())
    resources.recalibrate(kept)
    return report


def reset(resources: Resources) -> Calibration:
    """Forget what was fitted, and return the thresholds that ship with ragft. Needs no engine.

    Raises:
        NotFoundError: nothing has been ingested yet.
    """
    from ragft.answer.refusal.shipped import SHIPPED
    from ragft.answer.session import CALIBRATION_KEY, require_documents

    require_documents(resources.workspace)
    resources.index.write_meta(CALIBRATION_KEY, "")
    resources.recalibrate(SHIPPED)
    return SHIPPED
