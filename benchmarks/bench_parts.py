"""How much of the evidence is found for two questions in one, with and without a search for each of them.

    python benchmarks/bench_parts.py WORKSPACE [--questions FILE …] [--pairs 50]

Pairs of natural questions about different documents, drawn by a fixed seed, are joined as people type them ("… ? … ?").
Prints for how many pairs the first 8 passages have the evidence of both, and how many of all questions are answered.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from question_files import all_questions, question_parser

from ragft.answer.prompts.question_parts import parts_of
from ragft.answer.prompts.search_queries import together
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import READ, ids_of
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.config import load_settings
from ragft.index.base import DocumentRecord, Hit
from ragft.index.index import Index, open_index
from ragft.workspace import Workspace

LEFT_OUT = ("comparison", "follow_up", "metadata", "summary")
"""Kinds that are about several documents, need an earlier question, or have no single passage."""


def main() -> None:
    """Search for each pair in both ways and print what is found."""
    parser = question_parser(__doc__)
    parser.add_argument("--pairs", type=int, default=50)
    given = parser.parse_args()
    questions = all_questions(given.questions)
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        records = [record for record in index.documents() if record.chunks]
        pairs = drawn(questions, records, given.pairs)
        for name, search in (("the whole", whole), ("the whole and each", with_parts)):
            found = [both(pair, search(index, joined(pair)), records) for pair in pairs]
            print(
                f"{name}: evidence of both in the first {READ} for {sum(map(all, found))} of {len(found)} pairs, "
                f"of {sum(map(sum, found))} of {2 * len(found)} questions"
            )
    print(f"{sum(len(parts_of(joined(pair))) > 1 for pair in pairs)} of {len(pairs)} are taken apart")


def drawn(
    questions: Sequence[NaturalQuestion], records: Sequence[DocumentRecord], most: int
) -> list[tuple[NaturalQuestion, NaturalQuestion]]:
    """Pairs of questions that have their evidence in different documents of the index."""
    usable = [
        one
        for one in questions
        if one.kind not in LEFT_OUT
        and len(one.documents) == 1
        and one.documents[0].evidence
        and ids_of(one.documents[0], records)
    ]
    random.Random(7).shuffle(usable)
    pairs = zip(usable[::2], usable[1::2], strict=False)
    return [(one, other) for one, other in pairs if one.documents[0].title != other.documents[0].title][:most]


def joined(pair: Sequence[NaturalQuestion]) -> str:
    """Both questions in one line."""
    return " ".join(f"{one.question.rstrip(' ?.')}?" for one in pair)


def whole(index: Index, question: str) -> Sequence[Hit]:
    """The hits of all of it alone."""
    return index.search(question, READ)


def with_parts(index: Index, question: str) -> Sequence[Hit]:
    """The hits that `ask` reads."""
    return together([index.search(query, READ) for query in (question, *parts_of(question))], READ)


def both(pair: Sequence[NaturalQuestion], hits: Sequence[Hit], records: Sequence[DocumentRecord]) -> tuple[bool, ...]:
    """Whether `hits` show the evidence of each question."""
    return tuple(
        any(
            hit.document_id in ids_of(source, records) and shows(hit.text, source.evidence)
            for hit in hits
            for source in one.documents
        )
        for one in pair
    )


if __name__ == "__main__":
    main()
