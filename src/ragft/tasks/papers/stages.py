"""The stages of papers: they are read into the index, and rows are made from it; the others are those of every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN
from ragft.errors import InputError
from ragft.pipeline.stage import Context, Outcome, Stage, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file


def _ingest_inputs(context: Context) -> Mapping[str, str]:
    from ragft.corpus.readers import find_files

    return {str(path): digest_file(path) for path in find_files(context.sources)} if context.sources else {}


def _ingest(context: Context) -> Outcome:
    if context.sources:
        report = asdict(context.index.ingest(context.sources, progress=context.progress))
    else:
        report = {"documents": len(context.index.documents())}
    if not any(record.chunks for record in context.index.documents()):
        raise InputError("the index holds no document to build from", fix="ragft build-model FOLDER")
    return Outcome(_ingest_outputs(context), report)


def _ingest_outputs(context: Context) -> Mapping[str, str]:
    return {"index": context.index.digest()}


def _generator_model(context: Context) -> str:
    """The model that writes the pairs: never the workspace's default, which may be the outcome of an earlier run."""
    from ragft.engine.choosing.select import generator_model

    return generator_model(context.engine, context.settings.engine, context.workspace).name


def _generate(context: Context) -> Outcome:
    from ragft.answer.session import load_calibration
    from ragft.dataset.questions import evaluation_questions
    from ragft.tasks.papers.recipe.generate import generate

    questions = context.settings.benchmark.questions
    report = generate(
        context.index,
        context.engine,
        model=_generator_model(context),
        settings=context.settings.generate,
        answer=context.settings.answer,
        folder=context.dataset_dir,
        progress=context.progress,
        avoid=evaluation_questions([Path(questions)] if questions else []),
        calibration=load_calibration(context.index),
        restart=context.redo,
    )
    return Outcome(_generate_outputs(context), asdict(report))


def _generate_outputs(context: Context) -> Mapping[str, str]:
    return file_digests(context.dataset_dir, (TRAIN, HELD_OUT, PREFERENCES))


INGEST = Stage("ingest", _ingest_inputs, lambda c: section_values(c, "index"), _ingest, _ingest_outputs)
GENERATE = Stage(
    "generate",
    lambda c: {"index": c.output("ingest", "index"), "model": c.engine.show(_generator_model(c)).digest},
    lambda c: {**section_values(c, "generate", "answer"), "model": c.settings.engine.model},
    _generate,
    _generate_outputs,
)
STAGES: tuple[Stage, ...] = (CHECK, INGEST, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
