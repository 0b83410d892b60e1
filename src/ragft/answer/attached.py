"""A text that comes with a question, on standard input: a source of its own, cut up like any text, and never kept.

chunks = attached_chunks(read_attached(data, limit=1_000_000), index, max_tokens=256, overlap=32)
evidence = attached_evidence(chunks, "Summarise this", index, k=8)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from ragft.answer.base import Evidence
from ragft.answer.checking.support import coverage
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.summary.summary_questions import points_at_text
from ragft.corpus.base import Chunk, Document
from ragft.errors import DocumentError, InputError
from ragft.index.base import Hit, hit_of

if TYPE_CHECKING:
    from ragft.index.encoders.base import Encoder

ID, TITLE = "stdin", "standard input"
CLOSE_LOOK = 64
"""Passages, those with most words of the question, whose meaning is compared with it: each has to be encoded."""
_BINARY = {b"%PDF-": "a PDF file", b"PK\x03\x04": "a ZIP or DOCX file", b"\x1f\x8b": "a gzip file"}


class Encodes(Protocol):
    """What is needed of an index: its encoder, and which languages that reads."""

    @property
    def encoder(self) -> Encoder:
        """Cuts the text to passages that it can read, and compares meanings."""
        ...

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`."""
        ...


def read_attached(data: bytes, *, limit: int) -> Document:
    """The text in `data`, at most `limit` bytes.

    Raises:
        InputError: it is too large, binary, or holds no text.
    """
    from ragft.corpus.encodings import UnknownEncodingError, decode
    from ragft.corpus.readers.plain_text import document_of_text

    if len(data) > limit:
        raise InputError(f"standard input is more than {limit:,} bytes", fix="ragft ingest FILE")
    for beginning, kind in _BINARY.items():
        if data.startswith(beginning):
            raise InputError(f"standard input is {kind}, not a text", fix="ragft ingest FILE")
    try:
        document = document_of_text(decode(data)[0], id_=ID, path="standard input")
    except UnknownEncodingError as error:
        raise InputError(f"standard input is {error}", fix="pipe a text, or ragft ingest FILE") from error
    except DocumentError as error:
        raise InputError(error.message, fix="pipe a text, or leave standard input empty") from error
    return replace(document, title=TITLE)


def attached_chunks(document: Document, index: Encodes, *, max_tokens: int, overlap: int) -> list[Chunk]:
    """The passages of `document`, in order.

    Args:
        max_tokens: size of a passage; 0: as much as the encoder reads.
        overlap: tokens by which a passage repeats the end of the one before.
    """
    from ragft.corpus.chunks import chunk_document

    limit = min(max_tokens or index.encoder.max_tokens, index.encoder.max_tokens)
    return chunk_document(document, index.encoder.count_tokens, max_tokens=limit, overlap=overlap)


def attached_evidence(chunks: Sequence[Chunk], question: str, index: Encodes, *, k: int) -> tuple[Evidence, ...]:
    """The `k` of `chunks` closest to `question`, best first.

    A question that only points at the text ("Summarise this") gets its beginning, in order.
    """
    if len(chunks) <= k or points_at_text(question):
        return assign_keys([_hit(chunk, rank, 0.0, None) for rank, chunk in enumerate(chunks[:k], start=1)])
    words = {chunk.id: coverage(question, chunk.text) for chunk in chunks}
    near = sorted(chunks, key=lambda chunk: -words[chunk.id])[:CLOSE_LOOK]
    meaning = _cosines(question, near, index)
    best = sorted(near, key=lambda chunk: -(words[chunk.id] + meaning.get(chunk.id, 0.0)))[:k]
    return assign_keys(
        [
            _hit(chunk, rank, words[chunk.id] + meaning.get(chunk.id, 0.0), meaning.get(chunk.id))
            for rank, chunk in enumerate(best, start=1)
        ]
    )


def _cosines(question: str, chunks: Sequence[Chunk], index: Encodes) -> dict[str, float]:
    if not index.reads(question):
        return {}
    query = index.encoder.encode_query(question)
    vectors = index.encoder.encode([chunk.text for chunk in chunks])
    return {chunk.id: float(vector @ query) for chunk, vector in zip(chunks, vectors, strict=True)}


def _hit(chunk: Chunk, rank: int, score: float, dense: float | None) -> Hit:
    hit = hit_of(chunk, rank, score)
    return replace(hit, chunk_id=f"{ID}-{chunk.position}", document_id=ID, title=TITLE, dense=dense)
