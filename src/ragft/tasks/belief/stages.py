"""The stages of beliefs: rows, questions and the statements to be read are made; the others are shared."""

from __future__ import annotations

from ragft.pipeline.made_data import keep_rows, made_digests, shelve
from ragft.pipeline.stage import Context, Stage, StageResult, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.tasks.belief.belief_file import read_beliefs
    from ragft.tasks.belief.rows import belief_questions, belief_rows

    beliefs = read_beliefs(context.sources[0])
    rows = belief_rows(beliefs, context.settings.belief.examples, context.settings.generate.seed)
    questions = belief_questions(beliefs)
    keep_rows(context, rows)
    write_questions(context.files.questions, questions)
    shelve(context, {belief.id: belief.belief for belief in beliefs})
    return StageResult(made_digests(context), {"rows": len(rows), "questions": len(questions)})


GENERATE = Stage(
    "generate",
    lambda c: {path.name: digest_file(path) for path in c.sources},
    lambda c: {**section_values(c, "belief", "index"), "seed": c.settings.generate.seed},
    _generate,
    made_digests,
)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
