"""The stages of knowledge: rows are made from the facts; the others are those of every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ragft.data import shipped
from ragft.dataset.store import HELD_OUT, TRAIN
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file


def _inputs(context: Context) -> Mapping[str, str]:
    from ragft.tasks.knowledge.knowledge_questions import UNRELATED_REQUESTS
    from ragft.tasks.knowledge.knowledge_rows import GENERAL

    ours = [shipped(name) for name in (GENERAL, UNRELATED_REQUESTS)]
    return {str(path): digest_file(path) for path in (*context.sources, *ours)}


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.log import log
    from ragft.tasks.knowledge.knowledge_rows import make, save
    from ragft.tasks.knowledge.stated_facts import load_facts

    settings, shares = context.settings.generate, context.settings.knowledge
    made = make(load_facts(context.sources), settings, shares, context.run)
    save(made, context.dataset_dir, settings, shares)
    write_questions(context.files.questions, made.questions)
    for note in made.report.notes:
        log.warning(note)
    return StageResult(_outputs(context), asdict(made.report))


def _outputs(context: Context) -> Mapping[str, str]:
    rows = file_digests(context.dataset_dir, (TRAIN, HELD_OUT))
    return {**rows, **file_digests(context.run_dir, (context.files.questions.name,))}


GENERATE = Stage("generate", _inputs, lambda c: section_values(c, "generate", "knowledge"), _generate, _outputs)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
