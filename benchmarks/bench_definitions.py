"""Of definition questions, the share whose first passages hold the abstract of a right document or the evidence.

    python benchmarks/bench_definitions.py WORKSPACE [--questions FILE …] [--depth 3]

Prints the questions for which they hold neither, then the share.
"""

from __future__ import annotations

from question_files import all_questions, question_parser

from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import ids_of
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.config import load_settings
from ragft.corpus.sections import is_abstract
from ragft.index.index import open_index
from ragft.index.index_reader import IndexReader
from ragft.workspace import Workspace


def main() -> None:
    """Search for each and print what is missed."""
    parser = question_parser(__doc__)
    parser.add_argument("--depth", type=int, default=3)
    given = parser.parse_args()
    found = []
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        for question in all_questions(given.questions):
            here = defined(question, index, given.depth) if question.kind == "definition" else None
            if here is not None:
                found.append(here)
                if not here:
                    print(question.question)
    print(f"abstract or evidence in the first {given.depth}: {sum(found)} of {len(found)}")


def defined(question: NaturalQuestion, index: IndexReader, depth: int) -> bool | None:
    """Whether the first `depth` passages hold it; None if the index lacks the documents."""
    records = [record for record in index.documents() if record.chunks]
    sources = [(source, ids) for source in question.documents if (ids := ids_of(source, records))]
    if not sources:
        return None
    hits = index.search(question.question, depth)
    return any(
        hit.document_id in ids and (is_abstract(hit.section) or shows(hit.text, source.evidence))
        for hit in hits
        for source, ids in sources
    )


if __name__ == "__main__":
    main()
