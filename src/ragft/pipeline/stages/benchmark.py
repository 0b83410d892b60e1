"""Compares the tuned model with its base on the suites of the task."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.pipeline.stage import Context, Stage, StageResult, section_values
from ragft.run_folder import BenchmarkFolder
from ragft.workspace import digest_file, digest_json, write_text

if TYPE_CHECKING:
    from ragft.benchmark.asking.lookups import SearchableIndex
    from ragft.benchmark.base import Arm
    from ragft.benchmark.suites.base import Suite
    from ragft.setting_sections import BenchmarkSettings

PUBLISHED = ("metrics.json", "report.html")
"""What of the benchmark is put beside the model for people to find."""


def _benchmark_inputs(context: Context) -> Mapping[str, str]:
    """The models, the documents, the thresholds fitted to these, and the questions where they are the user's own."""
    from ragft.answer.session import CALIBRATION_KEY

    library = _library(context, _suites(context))
    registered = context.manifest.stage("register")
    questions = _settings(context).questions
    return {
        **(registered.outputs if registered else {}),
        "index": context.output("ingest", "index"),
        "calibration": library.read_meta(CALIBRATION_KEY) or "",
        **({"questions": digest_file(Path(questions))} if questions else {}),
        **({"arms": _arms_digest(own(context))} if (own := context.task.arms) else {}),
    }


def _arms_digest(arms: Sequence[Arm]) -> str:
    """Of what answers in each arm; the models are an input of their own."""
    return digest_json([[arm.role, arm.model, arm.asker.digest if arm.asker else ""] for arm in arms])


def _settings(context: Context) -> BenchmarkSettings:
    """Those of the user, with the questions that were made for the run."""
    made = context.files.questions
    settings = context.settings.benchmark
    return settings.model_copy(update={"questions": str(made)}) if made.is_file() else settings


def _suites(context: Context) -> list[Suite]:
    return context.task.chosen_suites(context.settings.benchmark.suites)


def _library(context: Context, suites: Iterable[Suite]) -> SearchableIndex:
    """The index, where a suite needs one: a task without a corpus has none."""
    from ragft.benchmark.asking.lookups import NoDocuments
    from ragft.benchmark.suites.base import need_documents

    return context.index if need_documents(suites) else NoDocuments()


def _benchmark(context: Context) -> StageResult:
    from ragft.answer.prompts.policy import read_policy
    from ragft.benchmark.comparison.arms import arms_under
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.engine.run_models import Registration
    from ragft.pipeline.comparison import compare, judged_by

    if context.redo:
        shutil.rmtree(context.files.benchmark, ignore_errors=True)
    registration = Registration.of_run(context.run_dir)
    policy = read_policy(context.files.prompt)
    if policy is not None:
        policy.warn_of_other_ranking(registration.model)
    suites = _suites(context)
    own = context.task.arms
    pair = (registration.base_model, registration.model)
    arms = own(context) if own else arms_under(context.task.conditions, *pair)
    answer = context.settings.answer if policy is None else policy.over(context.settings.answer)
    with context.engine_for("benchmark") as engine:
        report = compare(
            judged_by(ComparisonPlan(arms, suites), context.task),
            engine,
            _library(context, suites),
            context.settings.model_copy(update={"benchmark": _settings(context), "answer": answer}),
            context.files.benchmark,
            run_dir=context.run_dir,
            progress=context.progress,
        )
    for name in PUBLISHED:
        write_text(context.run_dir / name, (context.files.benchmark / name).read_text(encoding="utf-8"))
    chosen = report.recommendation
    summary = {"arms": dict(report.arms), "verdict": report.verdict, "reason": report.reason}
    return StageResult(_benchmark_outputs(context), summary | ({"recommended": chosen.arm} if chosen else {}))


def _benchmark_outputs(context: Context) -> Mapping[str, str]:
    """Digest of the answers; times are left out, since no two runs take equally long."""
    from ragft.benchmark.scored_rows import read_answers

    rows = BenchmarkFolder(context.files.benchmark).rows
    if not all(path.is_file() for path in (rows, *(context.run_dir / name for name in PUBLISHED))):
        return {}
    try:
        answers = read_answers(rows)
    except ValueError:  # damaged
        return {}
    return {"answers": digest_json(sorted(astuple(answer) for answer in answers))}


BENCHMARK = Stage(
    "benchmark",
    _benchmark_inputs,
    lambda c: section_values(c, "benchmark", "answer"),
    _benchmark,
    _benchmark_outputs,
)
