"""The stages of facts: rows, questions and the sentences to search are made of the table; the others are shared."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ragft.data import shipped
from ragft.pipeline.made_data import keep_rows, made_digests, shelve
from ragft.pipeline.stage import Context, Stage, StageResult, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.tasks.facts.fact_table import read_table
    from ragft.tasks.facts.rows import make
    from ragft.tasks.general_rows import general_share

    settings, seed = context.settings.facts, context.settings.generate.seed
    table = read_table(context.sources[0], settings.entity)
    made = make(table, settings, seed)
    general = general_share(made.rows, settings.general, seed, without=table.entities)
    rows = [*made.rows, *general]
    Random(f"mixed:{seed}").shuffle(rows)  # noqa: S311  an order of examples, no secret
    keep_rows(context, rows)
    write_questions(context.files.questions, made.questions)
    shelve(context, made.sentences)
    counts = {"rows": len(made.rows), "general": len(general), "questions": len(made.questions)}
    return StageResult(made_digests(context), {**counts, "sentences": len(made.sentences)})


def _inputs(context: Context) -> Mapping[str, str]:
    from ragft.tasks.general_rows import GENERAL

    return {path.name: digest_file(path) for path in (*context.sources, shipped(GENERAL))}


GENERATE = Stage(
    "generate",
    _inputs,
    lambda c: {**section_values(c, "facts", "index"), "seed": c.settings.generate.seed},
    _generate,
    made_digests,
)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
