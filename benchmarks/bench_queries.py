"""How much of the evidence is found with search queries that a model writes beside the question (`answer.queries`).

    python benchmarks/bench_queries.py WORKSPACE --model qwen [--questions FILE …] [--found 60]

The model is asked once a question, as `ragft ask` asks it with `answer.queries = "on"`: for every question whose
evidence is not in the first 8 passages, and for a sample of the others, which may lose theirs.
Prints each question with its queries and the rank of its evidence before and after, then how many are in the first 8.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Collection, Mapping, Sequence

from question_files import all_questions, question_parser

from ragft.answer.library.librarian import Librarian
from ragft.answer.prompts.rewrite import standalone
from ragft.answer.prompts.search_queries import QueryWriter, asks_of_several, together
from ragft.answer.session import open_session
from ragft.benchmark.retrieval.natural import READ, AnswerRanks, history_of, measure_retrieval
from ragft.config import load_settings
from ragft.corpus.base import Chunk
from ragft.engine.base import Options
from ragft.index.base import DocumentRecord, Hit
from ragft.index.index import Index
from ragft.workspace import Workspace


class WithQueries:
    """An index in which the questions `wanted` are searched for with the queries of a model, too."""

    def __init__(self, index: Index, writer: QueryWriter, wanted: Collection[str]) -> None:
        self.index = index
        self.writer = writer
        self.wanted = wanted
        self.written: dict[str, list[str]] = {}
        self.seconds = 0.0

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The best hits of a query that is wanted and of those that the model writes for it; none of another."""
        if query not in self.wanted:
            return []
        started = time.monotonic()
        self.written[query] = self.writer.write(query, Options())
        self.seconds += time.monotonic() - started
        print(f"{len(self.written)} of {len(self.wanted)} asked", end="\r", file=sys.stderr, flush=True)
        return together([self.index.search(one, k) for one in (query, *self.written[query])], k)

    def documents(self) -> Sequence[DocumentRecord]:
        """Those of the index."""
        return self.index.documents()

    def chunks(self, _document_id: str | None = None) -> Sequence[Chunk]:
        """None: whether the evidence is in the index is known from the first search."""
        return []


def main() -> None:
    """Measure twice and print both."""
    parser = question_parser(__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--found", type=int, default=60, help="questions whose evidence is found already")
    given = parser.parse_args()
    questions = all_questions(given.questions)
    known = {question.id: question for question in questions}
    texts = {question.id: standalone(question.question, history_of(question, known)) for question in questions}
    with open_session(Workspace(given.workspace), load_settings(), model=given.model) as session:
        librarian = Librarian(session.index)
        before = {one.id: one for one in measure_retrieval(questions, session.index, librarian=librarian).placed}
        chosen = choose(list(before.values()), given.found)
        library = WithQueries(session.index, QueryWriter(session.engine, given.model, "on"), {texts[i] for i in chosen})
        after = {one.id: one for one in measure_retrieval(questions, library, librarian=librarian).placed}  # type: ignore[arg-type]
    for one in chosen:
        written = "; ".join(library.written[texts[one]])
        print(f"{before[one].evidence:>3} {after[one].evidence:>3}  {texts[one]}  →  {written}")
    groups = {
        "all": chosen,
        "comparison": [one for one in chosen if known[one].kind == "comparison"],
        "asks of several": [one for one in chosen if asks_of_several(texts[one])],
    }
    for name, group in groups.items():
        print(f"{name}: in the first {READ} {found(before, group)} of {len(group)}, with queries {found(after, group)}")
    print(f"{library.seconds / max(1, len(library.written)):.1f} s a question")


def choose(placed: Sequence[AnswerRanks], others: int) -> list[str]:
    """The ids of all that are searched for and not found, and of `others` that are."""
    searched = [one for one in placed if one.catalogue is None and one.evidence is not None]
    missed = [one.id for one in searched if not is_found(one)]
    rest = [one.id for one in searched if is_found(one)]
    return missed + random.Random(0).sample(rest, min(others, len(rest)))


def is_found(one: AnswerRanks) -> bool:
    """Whether its evidence is in the first passages."""
    return bool(one.evidence and one.evidence <= READ)


def found(placed: Mapping[str, AnswerRanks], ids: Collection[str]) -> int:
    """How many of `ids` have their evidence in the first passages."""
    return sum(is_found(placed[one]) for one in ids)


if __name__ == "__main__":
    main()
