"""The stages of papers: they are read into the index, and rows are made from it; the others are those of every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN
from ragft.errors import InputError
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.tasks.papers.question_stage import (
    QUESTIONS,
    evaluation_files,
    generation_request,
    generator_model,
    kept_for_questions,
)
from ragft.workspace import digest_file


def _ingest_inputs(context: Context) -> Mapping[str, str]:
    from ragft.corpus.readers import find_files

    return {str(path): digest_file(path) for path in find_files(context.sources)} if context.sources else {}


def _ingest(context: Context) -> StageResult:
    if context.sources:
        report = asdict(context.index.ingest(context.sources, progress=context.progress))
    else:
        report = {"documents": len(context.index.documents())}
    if not any(record.chunks for record in context.index.documents()):
        raise InputError("the index holds no document to build from", fix="ragft build-model FOLDER")
    return StageResult(_ingest_outputs(context), report)


def _ingest_outputs(context: Context) -> Mapping[str, str]:
    return {"index": context.index.digest()}


def _generate_settings(context: Context) -> Mapping[str, Any]:
    from ragft.answer.prompts.policy import RANKING

    sections = section_values(context, "generate", "answer")
    return {**sections, "model": context.settings.engine.model, "ranking": RANKING}


def _generate(context: Context) -> StageResult:
    from ragft.dataset.evaluation_questions import evaluation_answers
    from ragft.tasks.papers.aside import PartialIndex
    from ragft.tasks.papers.generate import generate

    aside, judged_by = kept_for_questions(context), evaluation_files(context)
    rest = frozenset(record.id for record in context.index.documents()) - aside
    with context.engine_for("generate") as engine:
        request = generation_request(context, engine, avoid=judged_by)
        report = generate(
            PartialIndex(context.index, rest, hidden=aside) if aside else context.index,
            replace(request, avoid_answers=evaluation_answers(judged_by)),
            context.dataset_dir,
            progress=context.progress,
            restart=context.redo,
        )
    return StageResult(_generate_outputs(context), asdict(report))


def _generate_outputs(context: Context) -> Mapping[str, str]:
    return file_digests(context.dataset_dir, (TRAIN, HELD_OUT, PREFERENCES))


INGEST = Stage("ingest", _ingest_inputs, lambda c: section_values(c, "index"), _ingest, _ingest_outputs)
GENERATE = Stage(
    "generate",
    lambda c: {
        "index": c.output("ingest", "index"),
        "questions": c.output("questions", "questions"),
        "model": c.engine.show(generator_model(c)).digest,
    },
    _generate_settings,
    _generate,
    _generate_outputs,
)
STAGES: tuple[Stage, ...] = (CHECK, INGEST, QUESTIONS, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
