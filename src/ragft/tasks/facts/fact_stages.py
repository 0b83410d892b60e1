"""The stages of facts: rows, questions and the sentences to search are made of the table; the others are shared."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ragft.dataset.store import HELD_OUT, TRAIN
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file

if TYPE_CHECKING:
    from ragft.tasks.facts.fact_table import TableFact


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.dataset.store import read_card, save_dataset
    from ragft.tasks.facts.fact_table import read_table
    from ragft.tasks.facts.recipe import make

    settings = context.settings.facts
    table = read_table(context.sources[0], settings.entity)
    made = make(table, settings, context.settings.generate.seed)
    request: dict[str, Any] = {"task": context.task.name}
    if (read_card(context.dataset_dir) or {}).get("request") == request:
        shutil.rmtree(context.dataset_dir)  # of this run, by an earlier table or other settings
    save_dataset(context.workspace, context.run, made.rows, [], request=request)
    write_questions(context.files.questions, made.questions)
    _shelve(context, made.sentences)
    report = {"rows": len(made.rows), "questions": len(made.questions), "sentences": len(made.sentences)}
    return StageResult(_generated(context), report)


def _shelve(context: Context, sentences: Mapping[str, TableFact]) -> None:
    """Put each sentence into the library of the run, as a document of its own."""
    from ragft.benchmark.own_index import fill
    from ragft.corpus.base import Block, Document
    from ragft.pipeline.searched import own_library

    documents = [Document(id_, fact.id, "", (Block(fact.statement, page=0),)) for id_, fact in sentences.items()]
    with own_library(context.run_dir, context.settings.index) as index:
        fill(index, documents, progress=context.progress)


def _generated(context: Context) -> Mapping[str, str]:
    made = file_digests(context.run_dir, (context.files.questions.name,))
    shelf = {"index": context.index.digest()} if context.files.library.is_dir() else {}
    return {**file_digests(context.dataset_dir, (TRAIN, HELD_OUT)), **made, **shelf}


GENERATE = Stage(
    "generate",
    lambda c: {path.name: digest_file(path) for path in c.sources},
    lambda c: {**section_values(c, "facts", "index"), "seed": c.settings.generate.seed},
    _generate,
    _generated,
)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
