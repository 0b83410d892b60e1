"""A small library held in memory: the retrieval side of a benchmark without an encoder."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from ragft.corpus.base import Chunk
from ragft.index.base import DocumentRecord, Hit

TEXTS = {
    "qlora.pdf": [
        "QLoRA finetunes a 65B parameter model on a single 48 GB GPU.",
        "Double quantization saves 0.37 bits per parameter.",
    ],
    "rag.pdf": ["Retrieval-augmented generation reads passages from a dense vector index of Wikipedia."],
    "bread.pdf": ["Sourdough bread rises for twelve hours in a cool room."],
}


class Shelf:
    """`SearchableIndex` over `TEXTS`: ranks by common words, embeds words into 64 hashed dimensions. Counts look-ups.

    Each search and each encoding takes `pause` seconds longer than it must.
    """

    def __init__(self) -> None:
        self.searches = self.encodings = 0
        self.pause = 0.0
        self.meta: dict[str, str] = {}
        self._chunks = [
            Chunk(
                f"{file}-{n}", file.removesuffix(".pdf"), n, text, file.removesuffix(".pdf").upper(), "", (n + 1, n + 1)
            )
            for file, texts in TEXTS.items()
            for n, text in enumerate(texts)
        ]

    def search(self, query: str, k: int, *, documents: Collection[str] | None = None) -> Sequence[Hit]:
        self.searches += 1
        time.sleep(self.pause)
        wanted = set(query.lower().rstrip("?").split())
        ranked = sorted(self._chunks, key=lambda c: -len(wanted & set(c.text.lower().rstrip(".").split())))
        return [
            Hit(rank, 1 / rank, c.id, c.document_id, c.title, c.pages, c.section, c.text, dense=0.9, lexical=5.0)
            for rank, c in enumerate(ranked[:k], start=1)
        ]

    def documents(self) -> Sequence[DocumentRecord]:
        return [
            DocumentRecord(file.removesuffix(".pdf"), f"/papers/{file}", file, (), 2023, len(t), len(t), "indexed")
            for file, t in TEXTS.items()
        ]

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        return [c for c in self._chunks if document_id in (None, c.document_id)]

    def document(self, document_id: str) -> DocumentRecord:
        return next(record for record in self.documents() if record.id == document_id)

    def holding(self, phrases: Sequence[str], documents: Collection[str] | None = None) -> Sequence[Chunk]:
        return [c for c in self._chunks if any(phrase in c.text for phrase in phrases)]

    def languages(self) -> Collection[str]:
        return ("en",)

    def lacks(self, word: str, *, rare: bool) -> bool:
        """Never: no question is refused for a word."""
        return False

    def corrected(self, query: str) -> str:
        return query

    def reads(self, text: str) -> bool:
        return True

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.encodings += 1
        time.sleep(self.pause)
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.sha256(word.strip(".,?").encode()).digest()[0] % 64] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths == 0, 1, lengths)

    def read_meta(self, key: str) -> str | None:
        return self.meta.get(key)

    def digest(self) -> str:
        return "sha256:shelf"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()
