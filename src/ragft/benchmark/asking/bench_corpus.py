"""What the documents of a benchmark tell of its questions and answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ragft.answer.base import Evidence, Searcher
from ragft.answer.prompts.prompt import assign_keys
from ragft.benchmark.asking.document_files import DocumentFiles
from ragft.benchmark.asking.lookups import SearchableIndex
from ragft.benchmark.base import BenchmarkQuestion, PlacedQuestion
from ragft.benchmark.scoring.metrics import cosine
from ragft.index.base import Hit


class BenchCorpus:
    """The documents of `library`: which are right, what they hold, and how alike its encoder finds two texts."""

    def __init__(self, library: SearchableIndex) -> None:
        self.files = DocumentFiles(library.documents())
        self._library = library
        self._vectors: dict[str, Sequence[float]] = {}

    def placed(self, question: BenchmarkQuestion) -> PlacedQuestion:
        """The question, with what the corpus tells of its answers."""
        right = frozenset(self.files.id_of(name) or f"missing:{name}" for name in question.documents)
        return PlacedQuestion(
            **vars(question),
            right_documents=right,
            similarity=lambda text: self._similarity(text, question.reference),
        )

    def right_evidence(self, question: BenchmarkQuestion, k: int) -> tuple[Evidence, ...]:
        """The first `k` passages of the documents and pages that answer the question."""
        chunks = [
            chunk
            for name in question.documents
            if (document_id := self.files.id_of(name))
            for chunk in self._library.chunks(document_id)
            if not question.pages or any(chunk.pages[0] <= page <= chunk.pages[1] for page in question.pages)
        ]
        return assign_keys(
            [
                Hit(rank, 1.0, c.id, c.document_id, c.title, c.pages, c.section, c.text)
                for rank, c in enumerate(chunks[:k], start=1)
            ]
        )

    def evidence_left(self, question: BenchmarkQuestion, k: int, searcher: Searcher) -> tuple[Evidence, ...]:
        """The `k` best passages for the question outside of the documents that are withheld from it."""
        withheld = {found for name in question.withheld if (found := self.files.id_of(name))}
        more = sum(len(self._library.chunks(document_id)) for document_id in withheld)
        hits = searcher.search(question.question, k + more)
        return assign_keys([hit for hit in hits if hit.document_id not in withheld][:k])

    def remember(self, texts: Collection[str]) -> None:
        """Encode many texts at once, so that a similarity need not encode them one by one."""
        new = sorted({text for text in texts if text.strip()} - self._vectors.keys())
        if new:
            self._vectors.update(zip(new, self._library.embed(new).tolist(), strict=True))

    def _similarity(self, left: str, right: str) -> float | None:
        if not left.strip() or not right.strip():
            return None
        self.remember([left, right])
        return cosine(self._vectors[left], self._vectors[right])
