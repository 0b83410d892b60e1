"""The stages of facts: rows, questions and the sentences to search are made of the table; the others are shared."""

from __future__ import annotations

from ragft.pipeline.made_data import keep_rows, made_digests, shelve
from ragft.pipeline.stage import Context, Stage, StageResult, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.tasks.facts.fact_table import read_table
    from ragft.tasks.facts.recipe import make

    settings = context.settings.facts
    table = read_table(context.sources[0], settings.entity)
    made = make(table, settings, context.settings.generate.seed)
    keep_rows(context, made.rows)
    write_questions(context.files.questions, made.questions)
    shelve(context, made.sentences)
    report = {"rows": len(made.rows), "questions": len(made.questions), "sentences": len(made.sentences)}
    return StageResult(made_digests(context), report)


GENERATE = Stage(
    "generate",
    lambda c: {path.name: digest_file(path) for path in c.sources},
    lambda c: {**section_values(c, "facts", "index"), "seed": c.settings.generate.seed},
    _generate,
    made_digests,
)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
