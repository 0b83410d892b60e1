"""Making the data set of a run: rows about the facts, general rows beside them, and the questions of the benchmark."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ragft.benchmark.base import BenchmarkQuestion
from ragft.corpus.words import words
from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.evaluation_questions import evaluation_questions, overlap_finder
from ragft.dataset.split import distinct
from ragft.dataset.store import HELD_OUT, TRAIN, write_card, write_rows
from ragft.errors import DatasetError
from ragft.setting_sections import GenerateSettings, KnowledgeSettings
from ragft.tasks.general_rows import general_share
from ragft.tasks.knowledge.fact_graph import FactGraph
from ragft.tasks.knowledge.fact_rows import (
    rows_about,
    rows_of_chains,
    rows_of_facts,
    rows_of_gaps,
)
from ragft.tasks.knowledge.knowledge_questions import QuestionMaterial, asked_about, questions_of
from ragft.tasks.knowledge.stated_facts import StatedFact

FEW = 5
"""Below so many wordings of a fact, a question in new words will hardly find it."""


@dataclass(frozen=True)
class MadeRows:
    """Rows to train on and to validate by, the questions of the benchmark, and what is to be said of them."""

    train: list[Row]
    held_out: list[Row]
    questions: list[BenchmarkQuestion]
    report: GenerateReport


def make(
    facts: Sequence[StatedFact],
    settings: GenerateSettings,
    shares: KnowledgeSettings,
    name: str,
    *,
    rejected: Mapping[str, int] | None = None,
) -> MadeRows:
    """The data set called `name` over `facts`.

    Args:
        rejected: what was rejected before, by reason, for the report.

    Raises:
        DatasetError: no fact can be asked about.
    """
    started = time.monotonic()
    graph, seed = FactGraph(facts), settings.seed
    sides = QuestionMaterial.of(graph, seed)
    questions = questions_of(facts, graph, sides)
    if not any(map(asked_about, facts)):
        raise DatasetError(
            "none of the facts can be asked about: their parts are not known",
            fix='give the lines "entity", "attribute" and "value"',
        )
    others = [
        *rows_about(graph, seed),
        *rows_of_chains(sides.chains, round(settings.count * shares.two_hop), seed),
        *rows_of_gaps(sides.gaps, round(settings.count * shares.unknown), seed),
    ]
    single = rows_of_facts(facts, graph, max(0, settings.count - len(others)), seed)
    rows = distinct([*single, *others])
    find, asked = overlap_finder(evaluation_questions()), {_plain(question.question) for question in questions}
    kept = [row for row in rows if find(row) is None and not asked.intersection(map(_plain, _user_turns(row)))]
    train, held_out = _split(kept, settings.held_out, seed)
    train += general_share(train, shares.general, seed)
    Random(f"order:{seed}").shuffle(train)  # noqa: S311  a choice of examples, no secret
    tally = Counter(row.kind for row in (*train, *held_out))
    overlap = {"benchmark_overlap": len(rows) - len(kept)} if len(rows) > len(kept) else {}
    notes = tuple(_notes(facts, len(single)))
    report = GenerateReport(name, dict(tally), {**(rejected or {}), **overlap}, time.monotonic() - started, notes)
    return MadeRows(train, held_out, questions, report)


def save(made: MadeRows, folder: Path, settings: GenerateSettings, shares: KnowledgeSettings) -> None:
    """Write the rows and the card of the data set into `folder`, over what was there."""
    write_rows(folder / TRAIN, made.train)
    write_rows(folder / HELD_OUT, made.held_out)
    request = {
        "task": "knowledge",
        "generate": settings.model_dump(mode="json"),
        "knowledge": shares.model_dump(mode="json"),
    }
    write_card(folder, request, made.train, made.held_out, made.report)


def _split(rows: Sequence[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """(training, validation): a fact cannot be held out and be learnt, but one of its wordings can."""
    whole = [row for row in rows if row.form in ("question", "template")]
    Random(f"held_out:{seed}").shuffle(whole)  # noqa: S311  a choice of examples, no secret
    chosen = {row.id for row in whole[: round(share * len(rows))]}
    return [row for row in rows if row.id not in chosen], [row for row in rows if row.id in chosen]


def _user_turns(row: Row) -> list[str]:
    return [message["content"] for message in row.prompt if message["role"] == "user"]


def _plain(text: str) -> tuple[str, ...]:
    return tuple(words(text)) or tuple(text.split())


def _notes(facts: Sequence[StatedFact], rows: int) -> Iterator[str]:
    bare = [fact for fact in facts if not fact.has_parts]
    if bare:
        yield (
            f"{len(bare)} of {len(facts)} facts have no known parts (the first: {bare[0].text!r}): they are trained on,"
            " and nothing is asked about them"
        )
    if rows < FEW * len(facts):
        yield f"{rows} rows for {len(facts)} facts are few to learn them by: generate.count={2 * FEW * len(facts)}"
