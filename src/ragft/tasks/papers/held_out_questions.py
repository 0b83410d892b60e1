"""Questions for the benchmark from documents that training never sees, by the same checks as the training rows.

Each has a reference and its source. For every fourth the source is withheld from the search, after it was seen that
nothing else answers it: a question to refuse.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from ragft.answer.checking.support import Supporter, best_passage, sentences_in
from ragft.answer.checking.terms import content_terms
from ragft.answer.written.citation_keys import strip_keys
from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.scoring.statistics import foreseen, questions_for
from ragft.console import Progress
from ragft.corpus.base import Chunk
from ragft.corpus.fold import fold
from ragft.dataset.base import Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import TRAIN, read_rows
from ragft.tasks.papers.aside import PartialIndex
from ragft.tasks.papers.generate import generate
from ragft.tasks.papers.recipe.compose import COVERED, SAME_MEANING, GenerationIndex

EVERY = 4
"""One question of so many has no answer."""
KEYWORDS = 6
TEN_POINTS = 0.1
_ASKED = "\n\nQuestion: "
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ANSWERS = 0.5
"""Support from which on a passage may answer, as for a refusal row."""


def make_questions(
    index: GenerationIndex,
    request: GenerationRequest,
    folder: Path,
    *,
    documents: frozenset[str],
    count: int,
    progress: Progress | None = None,
    restart: bool = False,
) -> list[BenchmarkQuestion]:
    """At most `count` questions over `documents`; what was made in `folder` before is not made again.

    Raises:
        DatasetError: the documents gave not a single one.
        EngineError: the engine failed; what it answered so far is kept.
    """
    wanted = request.settings.model_copy(
        update={
            "count": math.ceil(1.1 * count),  # some rows are not questions by themselves
            "mix": {"grounded": 1.0},
            "held_out": 0.0,
            "replay": 0.0,
            "without_oracle": 0.0,
        }
    )
    generate(
        PartialIndex(index, documents),
        replace(request, settings=wanted),
        folder,
        progress=progress,
        restart=restart,
    )
    names = _names(index)
    chunks = {chunk.id: chunk for chunk in index.chunks()}
    rows = sorted(read_rows(folder / TRAIN), key=lambda row: row.id)
    found = [made for row in rows if (made := _question(row, chunks, names))][:count]
    supporter = Supporter(index.embed, None, index.reads)
    ids = {name: document for document, name in names.items()}
    return list(_some_unanswerable(found, index, supporter, ids, request.answer.k))


def what_they_show(questions: Sequence[BenchmarkQuestion]) -> str:
    """How many there are, how large a change of a share they can show, and how many would show ten points."""
    answerable = sum(question.answerable for question in questions)
    change = foreseen(answerable)
    shown = "too few to show any change" if change is None else f"a change of about {change * 100:.0f} points shows"
    if change is None or change > TEN_POINTS:
        shown += f"; ten points need {questions_for(TEN_POINTS)} with an answer"
    return f"{len(questions)} questions, {len(questions) - answerable} of them without an answer: {shown}"


def _question(row: Row, chunks: Mapping[str, Chunk], names: Mapping[str, str]) -> BenchmarkQuestion | None:
    """A row's question; None where it leans on a conversation, or has no answer of its own from a source at hand."""
    asked = [message["content"] for message in row.prompt if message["role"] == "user"]
    source = chunks.get(row.oracle_ids[0]) if row.oracle_ids else None
    if len(asked) != 1 or source is None or source.document_id not in names:
        return None
    question = asked[0].rpartition(_ASKED)[2].strip()
    reference = strip_keys(row.completion[0]["content"])[0].strip()
    keywords = _keywords(question, reference)
    if not keywords:  # "Does X do Y?" – "Yes. X does Y.": whoever says the question back would be right
        return None
    return BenchmarkQuestion(
        id=row.id.removeprefix("sha256:")[:12],
        question=question,
        keywords=keywords,
        reference=reference,
        documents=(names[source.document_id],),
        pages=tuple(range(max(1, source.pages[0]), source.pages[1] + 1)),
    )


def _keywords(question: str, reference: str) -> tuple[str, ...]:
    """Numbers and terms of the reference that the question does not give away; long words, which say most, first."""
    plain, asked = fold(reference), set(content_terms(question))
    numbers = [number for number in dict.fromkeys(_NUMBER.findall(plain)) if number not in fold(question)]
    terms = [term for term in dict.fromkeys(content_terms(reference)) if term not in asked and term in plain]
    return tuple([*numbers[:KEYWORDS], *sorted(terms, key=len, reverse=True)][:KEYWORDS])


def _some_unanswerable(
    questions: Sequence[BenchmarkQuestion], index: GenerationIndex, supporter: Supporter, ids: Mapping[str, str], k: int
) -> Iterator[BenchmarkQuestion]:
    """The questions in their order; every fourth that nothing else answers without its source."""
    due = 0
    for question in questions:
        due += 1
        own = ids[question.documents[0]]
        if due < EVERY or _answered_elsewhere(question, own, index, supporter, k):
            yield question
            continue
        due = 0
        yield BenchmarkQuestion(question.id, question.question, answerable=False, withheld=question.documents)


def _answered_elsewhere(
    question: BenchmarkQuestion, own: str, index: GenerationIndex, supporter: Supporter, k: int
) -> bool:
    """Whether a passage of another document may answer it; a doubt counts as yes."""
    others = frozenset(record.id for record in index.documents()) - {own}
    sentences = sentences_in(question.reference)
    for hit in index.search(question.question, k, documents=others) if others else ():
        passages = sentences_in(hit.text)
        if (best := best_passage(question.question, hit.text)) and best.coverage > COVERED:
            return True
        for sentence in sentences:
            if supporter.score(sentence, hit.text) >= _ANSWERS:
                return True
            if any(cosine >= SAME_MEANING for cosine in supporter.cosines(sentence, passages)):
                return True
    return not others


def _names(index: GenerationIndex) -> dict[str, str]:
    """What a question calls each document: its file's name where no other has it, else its id."""
    files = {record.id: PurePath(record.path).name for record in index.documents()}
    taken = list(files.values())
    return {found: name if name and taken.count(name) == 1 else found for found, name in files.items()}


def merged(own: Sequence[BenchmarkQuestion], made: Sequence[BenchmarkQuestion]) -> list[BenchmarkQuestion]:
    """A user's own questions first, then those made here, whose ids give way."""
    ids = {question.id for question in own}
    return [*own, *(replace(q, id=f"made-{q.id}") if q.id in ids else q for q in made)]
