"""What is measured of documents and models: the refusal threshold, the judge, what a model's refusal counts for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.answer.assistant import Assistant
    from ragft.answer.prompts.form import OwnWord
    from ragft.answer.refusal.calibration import CalibrationReport, LabelledQuestion
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.refusal.judge_comparison import JudgeReport
    from ragft.answer.refusal.own_word import OwnWordReport
    from ragft.answer.session import Session
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
    from ragft.answer.refusal.calibration import LEAST_QUESTIONS
    from ragft.answer.refusal.calibration import calibrate as fit
    from ragft.answer.refusal.shipped import SHIPPED

    session = resources.session(model)
    rows = _questions(session, labelled, least=LEAST_QUESTIONS, count=count, seed=seed, model=model, progress=progress)
    source = f"{len(rows)} questions" + (f", {labelled.name} among them" if labelled else "")
    report = fit(session.index, rows, settings=session.settings.answer, start=SHIPPED, source=source, progress=progress)

    def fitted(now: Calibration) -> Calibration:
        return replace(report.calibration, judge=now.judge, judge_least=now.judge_least, own_words=now.own_words)

    return replace(report, calibration=_keep(resources, fitted))


def calibrate_refusals(
    resources: Resources,
    *,
    labelled: Path | None,
    count: int,
    seed: int,
    model: str | None,
    progress: Progress | None,
) -> OwnWordReport:
    """Measure what the model's own word counts for, and keep that with the index; see
    `Application.calibrate_refusals`."""
    from ragft.answer.prompts.form import own_word_of
    from ragft.answer.refusal.own_word import LEAST_ASKED, measure_own_word
    from ragft.errors import UsageError

    session = resources.session(model)
    chosen = session.find(session.assistant(model).model)
    if session.is_made_here(chosen.name):
        raise UsageError(
            f"{chosen.name!r} was made by ragft, and is asked as it was trained", fix="measure the model below it"
        )
    rows = _questions(session, labelled, least=LEAST_ASKED, count=count, seed=seed, model=model, progress=progress)

    def assistant_for(own_word: OwnWord) -> Assistant:
        measured = replace(session.calibration, own_words={chosen.digest: own_word})
        return replace(session, calibration=measured).assistant(chosen.name)

    report = measure_own_word(
        rows,
        session.index,
        assistant_for,
        by_size=own_word_of(chosen.parameter_size),
        k=session.settings.answer.k,
        progress=progress,
    )
    _keep(resources, lambda now: replace(now, own_words={**now.own_words, chosen.digest: report.own_word}))
    return report


def _questions(
    session: Session,
    labelled: Path | None,
    *,
    least: int,
    count: int,
    seed: int,
    model: str | None,
    progress: Progress | None,
) -> list[LabelledQuestion]:
    """The labelled questions of a file, and `count` that the model makes from the documents.

    Raises:
        InputError: there can be no `least` of a kind; the model has made none by then.
    """
    from ragft.answer.refusal.calibration import counted, make_calibration_questions, read_labelled

    rows = read_labelled(labelled) if labelled else []
    counted(rows, least, more=count)
    if count:
        name = session.assistant(model).model
        rows += make_calibration_questions(
            session.index, session.engine, model=name, count=count, seed=seed, progress=progress
        )
    return rows


def _keep(resources: Resources, change: Callable[[Calibration], Calibration]) -> Calibration:
    """Change what is stored with the index, and use it from now on.

    It is read only now: a measurement is long, and another may have ended meanwhile.
    """
    from ragft.answer.session import CALIBRATION_KEY, load_calibration

    calibration = change(load_calibration(resources.index))
    resources.index.write_meta(CALIBRATION_KEY, calibration.to_json())
    resources.recalibrate(calibration)
    return calibration


def calibrate_judge(
    resources: Resources, *, pairs: Path | None, model: str | None, progress: Progress | None
) -> JudgeReport:
    """Measure whether the model judges better than words, and keep that with the index; see
    `Application.calibrate_judge`."""
    from ragft.answer.checking.support import Supporter
    from ragft.answer.refusal.judge_comparison import SHIPPED_PAIRS, compare_judges, read_pairs
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
    judge = chosen.digest if report.better else ""
    _keep(resources, lambda now: replace(now, judge=judge, judge_least=report.least))
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
