"""Documents reserved for the benchmark before rows are made, and an index without them or with only them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from random import Random
from typing import Any

from ragft.corpus.base import Chunk
from ragft.index.base import DocumentRecord, Hit
from ragft.tasks.papers.recipe.compose import GenerationIndex
from ragft.workspace import digest_json

CHUNKS_A_QUESTION = 1.5
"""Two chunks of three give a question that passes the checks."""
MOST = 0.25
"""Share of the documents that may be set aside: the rest is needed to train on."""
LEAST = 4
"""Of fewer documents none is set aside."""


def set_aside(chunks: Sequence[Chunk], seed: int, questions: int) -> frozenset[str]:
    """The ids of documents that training never sees: as many as so many questions need, a quarter at most.

    Empty where there are fewer than `LEAST` documents.
    """
    sizes = Counter(chunk.document_id for chunk in chunks)
    order = sorted(sizes)
    Random(f"aside:{seed}").shuffle(order)  # noqa: S311
    chosen: list[str] = []
    for document in order[: int(MOST * len(order))] if len(order) >= LEAST else []:
        if sum(sizes[one] for one in chosen) >= CHUNKS_A_QUESTION * questions:
            break
        chosen.append(document)
    return frozenset(chosen)


class PartialIndex:
    """An index as generation sees it that may take rows from some documents only.

    Without `hidden`, a search finds what `ask` would find: a question must find its source among all documents. What is
    `hidden` is in no result, so that no text of it gets into a training prompt.
    """

    def __init__(self, index: GenerationIndex, documents: Collection[str], *, hidden: Collection[str] = ()) -> None:
        self._index = index
        self._documents = frozenset(documents)
        self._hidden = frozenset(hidden)
        self._hidden_chunks = sum(chunk.document_id in self._hidden for chunk in index.chunks()) if hidden else 0

    def documents(self) -> Sequence[DocumentRecord]:
        """The records of the documents that rows may be taken from."""
        return [record for record in self._index.documents() if record.id in self._documents]

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        """Chunks of the part, in order."""
        return [chunk for chunk in self._index.chunks(document_id) if chunk.document_id in self._documents]

    def search(self, query: str, k: int, *, documents: Collection[str] | None = None) -> Sequence[Hit]:
        """The `k` best hits that are not hidden."""
        if not self._hidden:
            return self._index.search(query, k, documents=documents)
        if documents is not None:
            return self._index.search(query, k, documents=frozenset(documents) - self._hidden)
        hits = self._index.search(query, k + self._hidden_chunks)
        return [hit for hit in hits if hit.document_id not in self._hidden][:k]

    def embed(self, texts: Sequence[str]) -> Any:
        """The vectors of `texts`, made by the encoder of the whole index."""
        return self._index.embed(texts)

    def reads(self, text: str) -> bool:
        """Whether the encoder of the whole index reads the language of `text`."""
        return self._index.reads(text)

    def digest(self) -> str:
        """Changes with the index and the part."""
        return digest_json([self._index.digest(), sorted(self._documents), sorted(self._hidden)])
