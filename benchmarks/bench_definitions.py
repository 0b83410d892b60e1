"""Of definition questions, the share whose first passages hold the abstract of a right document or the evidence.

    python benchmarks/bench_definitions.py WORKSPACE [--questions FILE …] [--depth 3]

Prints the questions for which they hold neither, then the share.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import ids_of
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion, load_natural
from ragft.config import load_settings
from ragft.corpus.sections import is_abstract
from ragft.index.index import open_index
from ragft.index.index_reader import IndexReader
from ragft.workspace import Workspace

NATURAL = Path("data/natural")


def main() -> None:
    """Search for each and print what is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    files = [NATURAL / "questions.jsonl", NATURAL / "questions-b.jsonl"]
    parser.add_argument("--questions", type=Path, nargs="+", default=files)
    parser.add_argument("--depth", type=int, default=3)
    given = parser.parse_args()
    found = []
    with open_index(Workspace(given.workspace), load_settings().index) as index:
        for question in (question for file in given.questions for question in load_natural(file)):
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
