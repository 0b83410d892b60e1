"""The stages of knowledge: rows are made from the facts; the others are those of every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from ragft.data import shipped
from ragft.dataset.store import HELD_OUT, TRAIN
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.workspace import digest_file

if TYPE_CHECKING:
    from ragft.tasks.knowledge.stated_facts import StatedFact

REPLIES = "replies.jsonl"
"""What the model said, kept beside the rows: a killed run goes on from there."""


def _inputs(context: Context) -> Mapping[str, str]:
    from ragft.tasks.general_rows import GENERAL
    from ragft.tasks.knowledge.knowledge_questions import UNRELATED_REQUESTS

    ours = [shipped(name) for name in (GENERAL, UNRELATED_REQUESTS)]
    files = {str(path): digest_file(path) for path in (*context.sources, *ours)}
    model = _writer(context)
    return {**files, "model": context.engine.show(model).digest if model else ""}


def _generate(context: Context) -> StageResult:
    from ragft.benchmark.questions import write_questions
    from ragft.log import log
    from ragft.pipeline.made_data import claim_data
    from ragft.tasks.knowledge.rows import make, save
    from ragft.tasks.knowledge.stated_facts import load_facts

    settings, shares = context.settings.generate, context.settings.knowledge
    claim_data(context)  # before the replies of the model are kept there
    facts, rejected = _worded(context, load_facts(context.sources))
    made = make(facts, settings, shares, context.run, rejected=rejected)
    save(made, context.dataset_dir, settings, shares)
    write_questions(context.files.questions, made.questions)
    for note in made.report.notes:
        log.warning(note)
    return StageResult(_outputs(context), asdict(made.report))


def _writer(context: Context) -> str:
    """The model that words questions; empty where code alone does, as where the model is too small to be trusted."""
    from ragft.answer.prompts.form import CAPABLE
    from ragft.engine.choosing.open_engine import generator_model
    from ragft.errors import ModelNotFound

    settings, wanted = context.settings.engine, context.settings.generate.answers
    if wanted == "source":
        return ""
    try:
        model = generator_model(context.engine, settings, context.workspace)
    except ModelNotFound:
        if wanted == "model" or settings.model:
            raise
        return ""
    return model.name if wanted == "model" or model.parameter_size >= CAPABLE else ""


def _worded(context: Context, facts: list[StatedFact]) -> tuple[list[StatedFact], Mapping[str, int]]:
    """The facts with what a capable model adds to them, and what of that was rejected, by reason."""
    from ragft.dataset.reply_cache import Replies
    from ragft.tasks.knowledge.fact_graph import FactGraph
    from ragft.tasks.knowledge.written_wordings import WordingWriter

    model = _writer(context)
    if not model:
        return facts, {}
    replies = context.dataset_dir / REPLIES
    if context.redo:
        replies.unlink(missing_ok=True)
    writer = WordingWriter(Replies(replies, context.engine), model, context.settings.generate.seed)
    found = [writer.with_parts(fact) for fact in facts]
    graph, worded = FactGraph(found), []
    for done, fact in enumerate(found, start=1):
        worded.append(writer.with_wordings(fact, graph))
        context.progress("wordings of facts", done, len(found))
    return worded, dict(writer.rejected)


def _outputs(context: Context) -> Mapping[str, str]:
    rows = file_digests(context.dataset_dir, (TRAIN, HELD_OUT))
    return {**rows, **file_digests(context.run_dir, (context.files.questions.name,))}


GENERATE = Stage("generate", _inputs, lambda c: section_values(c, "generate", "knowledge"), _generate, _outputs)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK)
"""In the order they run."""
