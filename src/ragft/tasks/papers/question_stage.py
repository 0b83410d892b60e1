"""The stage that sets documents aside and makes the benchmark's questions of them, before anything else is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.dataset.evaluation_questions import evaluation_questions
from ragft.log import log
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.workspace import digest_file

if TYPE_CHECKING:
    from ragft.dataset.generation_request import GenerationRequest
    from ragft.engine.base import Engine

SHIPPED = "shipped"


def own_file(context: Context) -> list[Path]:
    """The user's own questions, where the settings name a file of them."""
    return [Path(context.settings.benchmark.questions)] if context.settings.benchmark.questions else []


def kept_for_questions(context: Context) -> frozenset[str]:
    """The documents that training must not see: none where the sample questions or a user's own are enough."""
    from ragft.tasks.papers.aside import set_aside

    if context.output("questions", "questions") == SHIPPED or not _lacking(context):
        return frozenset()
    return set_aside(context.index.chunks(), context.settings.generate.seed, _lacking(context))


def generator_model(context: Context) -> str:
    """The model that writes the pairs: never the workspace's default, which may be the outcome of an earlier run."""
    from ragft.engine.choosing.open_engine import generator_model

    return generator_model(context.engine, context.settings.engine, context.workspace).name


def generation_request(context: Context, engine: Engine, *, avoid: Sequence[Path]) -> GenerationRequest:
    """Rows by the settings of the run, kept apart from the questions in the files `avoid` and from those that ship."""
    from ragft.answer.session import load_calibration
    from ragft.dataset.generation_request import GenerationRequest

    return GenerationRequest(
        engine,
        generator_model(context),
        context.settings.generate,
        context.settings.answer,
        load_calibration(context.index),
        avoid=evaluation_questions(avoid),
    )


def evaluation_files(context: Context) -> list[Path]:
    """The files of all questions that this run is judged by, beside those that ship."""
    made = [context.files.questions] if context.files.questions.is_file() else []
    return [*own_file(context), *made]


def _lacking(context: Context) -> int:
    from ragft.benchmark.questions import load_questions

    return max(0, context.settings.benchmark.wanted - sum(len(load_questions(path)) for path in own_file(context)))


def _questions(context: Context) -> StageResult:
    from ragft.benchmark.questions import load_questions, write_questions
    from ragft.benchmark.relevance import is_sample
    from ragft.tasks.papers.held_out_questions import make_questions, merged, what_they_show
    from ragft.tasks.papers.suites.objectives import Objectives

    path = context.files.questions
    records = context.index.documents()
    if not own_file(context) and is_sample(records):
        path.unlink(missing_ok=True)
        shows = what_they_show(Objectives().questions(context.settings.benchmark))
        log.info(f"benchmark: {shows}")
        return StageResult({"questions": SHIPPED}, {"questions": SHIPPED, "shows": shows})
    own = [question for file in own_file(context) for question in load_questions(file)]
    aside = kept_for_questions(context)
    documents = aside or frozenset(record.id for record in records if record.is_readable)
    made = []
    if count := _lacking(context):
        made = make_questions(
            context.index,
            generation_request(context, context.engine, avoid=own_file(context)),
            context.files.question_making,
            documents=documents,
            count=count,
            progress=context.progress,
            restart=context.redo,
        )
    questions = merged(own, made)
    write_questions(path, questions)
    shows = what_they_show(questions)
    log.info(f"benchmark: {shows}; {len(aside)} of {len(records)} documents are set aside for them")
    if made and not aside:
        log.warning("too few documents to set any aside: the questions are about papers that are trained on")
    return StageResult(
        _made(context), {"questions": len(questions), "own": len(own), "set_aside": sorted(aside), "shows": shows}
    )


def _made(context: Context) -> Mapping[str, str]:
    """The digest of the file, or that the shipped questions are asked: that has no file which could change."""
    found = file_digests(context.run_dir, (context.files.questions.name,))
    if found:
        return {"questions": found[context.files.questions.name]}
    record = context.manifest.stage("questions")
    return {"questions": SHIPPED} if record and record.outputs.get("questions") == SHIPPED else {}


QUESTIONS = Stage(
    "questions",
    lambda c: {
        "index": c.output("ingest", "index"),
        "model": c.engine.show(generator_model(c)).digest,
        **{path.name: digest_file(path) for path in own_file(c)},
    },
    lambda c: {
        **section_values(c, "generate", "answer"),
        "model": c.settings.engine.model,
        "wanted": c.settings.benchmark.wanted,
    },
    _questions,
    _made,
)
