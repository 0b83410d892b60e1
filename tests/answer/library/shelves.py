"""A shelf of made-up papers for the tests of catalogue answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from ragft.corpus.base import Chunk
from ragft.corpus.words import words
from ragft.errors import NotFoundError
from ragft.index.base import DocumentRecord, DocumentStatus, Hit, Mode
from ragft.index.catalogue.lexical import query_terms


def paper(
    title: str,
    authors: str = "",
    year: int | None = None,
    *,
    pages: int = 10,
    doi: str | None = None,
    status: DocumentStatus = "indexed",
) -> DocumentRecord:
    """A record; its id and path are made of the title, authors are separated by commas."""
    name = "".join(character for character in title.lower() if character.isalnum())
    return DocumentRecord(
        id=name[:16],
        path=f"/papers/{name[:12]}.pdf",
        title=title,
        authors=tuple(part.strip() for part in authors.split(",") if part.strip()),
        year=year,
        pages=pages,
        chunks=10,
        status=status,
        doi=doi,
    )


class Shelf:
    """Papers with the passages given by title, else one with the title; a search finds what shares words."""

    def __init__(self, *papers: DocumentRecord, passages: dict[str, Sequence[str]] | None = None) -> None:
        self.papers = papers
        self._passages = passages or {}

    def documents(self) -> Sequence[DocumentRecord]:
        return self.papers

    def document(self, document_id: str) -> DocumentRecord:
        found = [one for one in self.papers if document_id and one.id.startswith(document_id)]
        if len(found) != 1:
            raise NotFoundError(f"no document {document_id!r}", fix="ragft documents")
        return found[0]

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        return [
            Chunk(f"{one.id}-{at}", one.id, at, text, one.title, "", (1 + at, 1 + at))
            for one in self.papers
            if document_id in (None, one.id)
            for at, text in enumerate(self._passages.get(one.title, (one.title,)))
        ]

    def corrected(self, query: str) -> str:
        return query.replace("transfomer", "transformer")

    def search(
        self, query: str, k: int, *, mode: Mode | None = None, documents: Collection[str] | None = None
    ) -> Sequence[Hit]:
        wanted = set(words(query))
        shared = [
            (len(wanted & set(words(f"{chunk.title} {chunk.text}"))), chunk)
            for chunk in self.chunks()
            if documents is None or chunk.document_id in documents
        ]
        best = sorted((pair for pair in shared if pair[0]), key=lambda pair: -pair[0])[:k]
        return [
            Hit(rank, float(score), c.id, c.document_id, c.title, c.pages, c.section, c.text)
            for rank, (score, c) in enumerate(best, start=1)
        ]

    def holding(self, phrases: Sequence[str], documents: Collection[str] | None = None) -> Sequence[Chunk]:
        wanted = [set(query_terms(phrase)) for phrase in phrases]
        return [
            chunk
            for chunk in self.chunks()
            if (documents is None or chunk.document_id in documents)
            and any(terms and terms <= set(query_terms(chunk.text)) for terms in wanted)
        ]

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Texts on machines are alike; the first of others is like no other."""
        made = [any(word in text.lower() for word in ("machine", "robot", "computers")) for text in texts]
        return np.array([[one, not one and not at, not one and at > 0] for at, one in enumerate(made)], np.float32)

    def reads(self, text: str) -> bool:
        return text.isascii()


DPO = paper(
    "Direct Preference Optimization: Your Language Model is Secretly a Reward Model",
    "Rafael Rafailov, Archit Sharma, Eric Mitchell",
    2023,
    pages=27,
)
ROBERTA = paper("RoBERTa: A Robustly Optimized BERT Pretraining Approach", "Yinhan Liu, Myle Ott", 2019, pages=13)
RESNET = paper("Deep Residual Learning for Image Recognition", "Kaiming He, Jian Sun", 2015, pages=12)
ATTENTION = paper("Attention Is All You Need", "Ashish Vaswani, Noam Shazeer, Łukasz Kaiser", 2017, pages=15)
ALIGN = paper(
    "Training language models to follow instructions with human feedback",
    "Long Ouyang, Jeff Wu",
    2022,
    pages=68,
    doi="10.1000/inst",
)
SURVEY = paper("Graph Retrieval-Augmented Generation: A Survey", "Boci Peng", 2024, pages=41)
NOTES = paper("Notes on Tides", pages=0)
FAILED = paper("broken", status="failed")

PASSAGES = {
    RESNET.title: [*(["ResNets of 50 layers are trained. ResNet-152 is deeper."] * 5), "Plain nets do worse."],
    ATTENTION.title: ["We propose a new simple network architecture, the Transformer, based solely on attention."],
    ALIGN.title: [
        "We call the resulting models InstructGPT.",
        "We fine-tune GPT-3 with changes to the loss of ResNet.",
    ],
}


def library() -> Shelf:
    """Seven papers, and a file that could not be read."""
    return Shelf(DPO, ROBERTA, RESNET, ATTENTION, ALIGN, SURVEY, NOTES, FAILED, passages=PASSAGES)
